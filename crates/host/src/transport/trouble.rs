//! Why a host could not be reached, told apart so that the next move can be named.

use piton_plan::Login;
use serde::Serialize;
use std::fmt;
use std::time::Duration;

/// A host that could not be reached. Never the same as a host with nothing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trouble {
    pub kind: TroubleKind,
    pub what: String,
    pub help: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TroubleKind {
    /// Nothing listens there.
    ConnectionRefused,
    /// Nothing answers there.
    NoAnswer,
    /// No such name.
    UnknownName,
    /// The operator has never seen this host's key.
    HostKeyUnknown,
    /// The host's key is not the one the operator knows.
    HostKeyChanged,
    /// No key of the operator's is accepted.
    LoginDenied,
    /// The login works, and cannot become root.
    NoSudo,
    /// The host half cannot be put there: disk full, read-only.
    CannotPlace,
    /// There is no host half for this kind of machine.
    WrongArchitecture,
    /// The session broke.
    Broken,
}

impl TroubleKind {
    /// Another way in may work where this one did not.
    pub(crate) fn allows_another_way(self) -> bool {
        matches!(self, TroubleKind::ConnectionRefused | TroubleKind::NoAnswer | TroubleKind::LoginDenied)
    }

    pub(crate) fn is_about_the_host_key(self) -> bool {
        matches!(self, TroubleKind::HostKeyUnknown | TroubleKind::HostKeyChanged)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.what)
    }
}

impl std::error::Error for Trouble {}

impl Trouble {
    fn new(kind: TroubleKind, what: impl Into<String>, help: impl Into<String>) -> Trouble {
        Trouble { kind, what: what.into(), help: help.into() }
    }

    pub(crate) fn broken(why: &str) -> Trouble {
        Trouble::new(
            TroubleKind::Broken,
            format!("the session broke: {why}"),
            "try again; `ssh -v` to the host says more",
        )
    }

    /// The operator's own machine has no ssh that can be started.
    pub(crate) fn no_ssh(error: &std::io::Error) -> Trouble {
        let (what, help) = match error.kind() {
            std::io::ErrorKind::NotFound => {
                ("there is no `ssh` on this machine".to_owned(), "install it: `apt install openssh-client`")
            }
            _ => (
                format!("`ssh` cannot be started on this machine: {error}"),
                "see whether `ssh -V` works in this shell",
            ),
        };
        Trouble::new(TroubleKind::Broken, what, help)
    }

    pub(crate) fn too_slow(limit: Duration) -> Trouble {
        let what = format!("the host did not get as far as answering within {} s", limit.as_secs());
        let help = "log in by hand and see what is slow there: a start-up file, sudo, a full disk; nothing was changed";
        Trouble::new(TroubleKind::Broken, what, help)
    }

    pub(crate) fn cannot_place(why: &str) -> Trouble {
        let help = "make room on the host, or find out why /var/lib/piton cannot be written; nothing was changed";
        Trouble::new(TroubleKind::CannotPlace, format!("piton cannot put its host half there: {why}"), help)
    }

    pub(crate) fn no_binary(system: &str, machine: &str) -> Trouble {
        let what = format!("the host is a {system} {machine}, for which this piton has no host half");
        let help = match system {
            "Linux" => format!("put a piton built for that machine beside this one, named `piton-{machine}`"),
            _ => "piton's hosts are Linux".to_owned(),
        };
        Trouble::new(TroubleKind::WrongArchitecture, what, help)
    }

    /// Reads ssh's last words. ssh has no codes for these, so its sentences have to do; what is
    /// not recognised is passed on as it is.
    pub(crate) fn from_ssh(login: &Login, code: Option<i32>, said: &str) -> Trouble {
        use TroubleKind::*;
        let has = |words: &str| said.contains(words);
        let last = said
            .lines()
            .map(str::trim)
            .rfind(|line| !line.is_empty())
            .map_or_else(|| without_a_word(code), str::to_owned);
        let by_hand = login_by_hand(login);
        if has("REMOTE HOST IDENTIFICATION HAS CHANGED") {
            let help = format!(
                "if the server was reinstalled, remove the old key with `ssh-keygen -R {}`; if not, stop here",
                known_as(login)
            );
            return Trouble::new(
                HostKeyChanged,
                "the host's key is not the one you know: another machine may be answering",
                help,
            );
        }
        if has("Host key verification failed") || has("host key is known for") {
            let help = format!("run `{by_hand}` once and compare the fingerprint");
            return Trouble::new(HostKeyUnknown, "the host's key is not in your known hosts", help);
        }
        if has("Permission denied") || has("Too many authentication failures") {
            return Trouble::new(
                LoginDenied,
                format!("no key of yours is accepted for {login}"),
                format!("see whether `{by_hand}` lets you in"),
            );
        }
        if has("Connection refused") {
            return Trouble::new(
                ConnectionRefused,
                format!("nothing listens at {login}"),
                "is sshd running, and on this port? fail2ban refuses in the same way whom it has banned",
            );
        }
        if has("timed out") || has("No route to host") || has("Network is unreachable") {
            return Trouble::new(
                NoAnswer,
                format!("nothing answers at {login}"),
                "is the host up, and does its firewall let you in?",
            );
        }
        if has("Could not resolve hostname") {
            return Trouble::new(
                UnknownName,
                format!("there is no host named `{}`", login.address),
                "look at the host's `address`",
            );
        }
        if has("sudo:") || (has("a password is required") && code == Some(1)) {
            let user = login.user.as_deref().unwrap_or("the user");
            let help = format!(
                "on the host, let {user} run everything without a password: `{user} ALL=(ALL) NOPASSWD:ALL` in /etc/sudoers.d"
            );
            return Trouble::new(NoSudo, format!("{user} cannot become root there: {last}"), help);
        }
        Trouble::broken(&last)
    }
}

/// What is known of an ssh that ended and printed nothing on its way.
fn without_a_word(code: Option<i32>) -> String {
    match code {
        None => "ssh was killed by a signal".to_owned(),
        Some(0) => {
            "the login ended at once and without a word, as a forced command or a start-up file can do".to_owned()
        }
        Some(code) => format!("ssh ended with status {code} and said nothing"),
    }
}

fn known_as(login: &Login) -> String {
    match login.port {
        Some(port) if port != 22 => format!("'[{}]:{port}'", login.address),
        _ => login.address.clone(),
    }
}

fn login_by_hand(login: &Login) -> String {
    let port = login.port.filter(|port| *port != 22).map(|port| format!("-p {port} ")).unwrap_or_default();
    let user = login.user.as_deref().map(|user| format!("{user}@")).unwrap_or_default();
    format!("ssh {port}{user}{}", login.address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(code: i32, said: &str) -> TroubleKind {
        let login = Login { address: "203.0.113.10".into(), user: Some("adminclaw".into()), port: Some(222) };
        Trouble::from_ssh(&login, Some(code), said).kind
    }

    #[test]
    fn an_ssh_without_a_word_is_told_by_how_it_ended() {
        let login = Login { address: "203.0.113.10".into(), user: None, port: None };
        let what = |code| Trouble::from_ssh(&login, code, "\r\n").what;
        assert_eq!(what(None), "the session broke: ssh was killed by a signal");
        assert_eq!(what(Some(255)), "the session broke: ssh ended with status 255 and said nothing");
        assert!(what(Some(0)).ends_with("as a forced command or a start-up file can do"));
    }

    #[test]
    fn sshs_sentences_are_told_apart() {
        use TroubleKind::*;
        let told = [
            ("ssh: connect to host 203.0.113.10 port 222: Connection refused\r\n", ConnectionRefused),
            ("ssh: connect to host 203.0.113.10 port 222: Connection timed out\r\n", NoAnswer),
            ("adminclaw@203.0.113.10: Permission denied (publickey).\r\n", LoginDenied),
            ("Host key verification failed.\r\n", HostKeyUnknown),
            ("ssh: Could not resolve hostname nowhere: Name or service not known\r\n", UnknownName),
            (
                "@  WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!  @\nHost key verification failed.\r\n",
                HostKeyChanged,
            ),
            ("kex_exchange_identification: read: Connection reset by peer\r\n", Broken),
        ];
        for (said, expected) in told {
            assert_eq!(kind(255, said), expected, "{said}");
        }
        assert_eq!(kind(1, "sudo: a password is required\n"), NoSudo);
    }

    #[test]
    fn a_changed_host_key_never_leads_to_another_way_in() {
        assert!(!TroubleKind::HostKeyChanged.allows_another_way());
        assert!(!TroubleKind::HostKeyUnknown.allows_another_way());
        assert!(TroubleKind::ConnectionRefused.allows_another_way());
    }
}
