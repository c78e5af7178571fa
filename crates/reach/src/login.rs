//! Whether somebody may log in, and become root: sshd's rules, the account, its keys, sudo.
//!
//! Answers are of the same kind as those about ports: open, closed or unknown, with the line.

use crate::access::{Access, Account, Line, Ssh};
use crate::answer::{Answer, Because, How, Verdict};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// What is known of the key by which somebody comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keys {
    /// sshd noted which one it was.
    Known(String),
    /// One of those that let them in now.
    AnyOf(BTreeSet<String>),
}

/// Whether sshd lets a user in with a key, from an address.
pub fn may_log_in(access: &Access, user: &str, from: IpAddr, keys: &Keys) -> Answer {
    let Some(ssh) = &access.ssh else {
        return Answer::unknown(vec![Because::new("sshd", "its settings could not be read")]);
    };
    let account = access.account(user);
    let checks = [
        named(ssh, user, account, from),
        root(ssh, user),
        methods(ssh),
        matched(ssh, user, account),
        account_lets_in(user, account),
        key(ssh, account, from, keys),
    ];
    worst(checks)
}

/// Whether a user who is logged in becomes root without a password.
pub fn may_become_root(access: &Access, user: &str) -> Answer {
    if user == "root" {
        return Answer::open(vec![Because::new("account", "it is root")]);
    }
    let groups = access.account(user).map(|account| &account.groups);
    let applies = |who: &str| match who.strip_prefix('%') {
        Some(group) => groups.is_some_and(|groups| groups.contains(group)),
        None => who == user || who == "ALL",
    };
    let aliased = |line: &&Line| line.text.split_whitespace().next().is_some_and(|word| word.ends_with("_Alias"));
    let fits = |line: &&Line| line.text.split_whitespace().next().is_some_and(applies);
    let Some(last) = access.sudo.iter().rfind(fits) else {
        return match access.sudo.iter().find(aliased) {
            Some(alias) => Answer::unknown(vec![alias.because()]),
            None => Answer::closed(How::Refused, vec![Because::new("sudo", format!("no line is for {user}"))]),
        };
    };
    let rights = last.text.split_once('=').map(|(_, rights)| rights).unwrap_or_default();
    let everything = rights.split([':', ',', ')']).any(|word| word.trim() == "ALL");
    match rights.contains("NOPASSWD") && everything && !rights.contains('!') {
        true => Answer::open(vec![last.because()]),
        false => Answer::closed(How::Refused, vec![last.because()]),
    }
}

/// All of them must be open; the first that is not decides.
fn worst(answers: impl IntoIterator<Item = Answer>) -> Answer {
    let (mut because, mut unknown) = (Vec::new(), None);
    for answer in answers {
        match answer.verdict {
            Verdict::Closed => return answer,
            Verdict::Unknown => unknown = unknown.or(Some(answer)),
            Verdict::Open => because.extend(answer.because),
        }
    }
    unknown.unwrap_or_else(|| Answer::open(because))
}

fn open() -> Answer {
    Answer::open(Vec::new())
}

fn closed(place: &str, line: String) -> Answer {
    Answer::closed(How::Refused, vec![Because::new(place, line)])
}

fn setting<'a>(ssh: &'a Ssh, keyword: &str) -> Option<&'a str> {
    ssh.effective.get(keyword).map(String::as_str).filter(|value| *value != "none")
}

/// AllowUsers and its three like.
fn named(ssh: &Ssh, user: &str, account: Option<&Account>, from: IpAddr) -> Answer {
    let groups: Vec<&str> = account.into_iter().flat_map(|account| &account.groups).map(String::as_str).collect();
    let user_in = |list: &str| list.split_whitespace().any(|pattern| is_user(pattern, user, from));
    let group_in =
        |list: &str| list.split_whitespace().any(|pattern| groups.iter().any(|group| is_like(pattern, group)));
    let rows: [(&str, bool, bool); 4] = [
        ("DenyUsers", false, setting(ssh, "denyusers").is_some_and(user_in)),
        ("AllowUsers", true, setting(ssh, "allowusers").is_none_or(user_in)),
        ("DenyGroups", false, setting(ssh, "denygroups").is_some_and(group_in)),
        ("AllowGroups", true, setting(ssh, "allowgroups").is_none_or(group_in)),
    ];
    for (keyword, wanted, is) in rows {
        if wanted != is {
            let list = setting(ssh, &keyword.to_ascii_lowercase()).unwrap_or_default();
            return closed("sshd", format!("{keyword} {list}"));
        }
    }
    open()
}

/// `name`, or `name@host`, where the host is a pattern or a network.
fn is_user(pattern: &str, user: &str, from: IpAddr) -> bool {
    let Some((name, host)) = pattern.split_once('@') else { return is_like(pattern, user) };
    let net = host.parse::<ipnet::IpNet>().is_ok_and(|net| net.contains(&from));
    is_like(name, user) && (net || is_like(host, &from.to_string()))
}

/// sshd's patterns: `*` for any letters, `?` for one.
fn is_like(pattern: &str, word: &str) -> bool {
    let (pattern, word): (Vec<char>, Vec<char>) = (pattern.chars().collect(), word.chars().collect());
    // Row by row: whether the pattern so far fits the first letters of the word.
    let mut fits: Vec<bool> = (0..=word.len()).map(|length| length == 0).collect();
    for sign in pattern {
        let mut next = vec![false; word.len() + 1];
        for length in 0..=word.len() {
            let get = |row: &[bool], at: Option<usize>| at.and_then(|at| row.get(at)).copied().unwrap_or(false);
            let before = length.checked_sub(1);
            let value = match sign {
                '*' => get(&fits, Some(length)) || get(&next, before),
                '?' => get(&fits, before),
                letter => get(&fits, before) && before.and_then(|at| word.get(at)) == Some(&letter),
            };
            if let Some(cell) = next.get_mut(length) {
                *cell = value;
            }
        }
        fits = next;
    }
    fits.last().copied().unwrap_or(false)
}

fn root(ssh: &Ssh, user: &str) -> Answer {
    match setting(ssh, "permitrootlogin") {
        Some(value @ ("no" | "forced-commands-only")) if user == "root" => {
            closed("sshd", format!("PermitRootLogin {value}"))
        }
        _ => open(),
    }
}

/// piton comes by key alone; nobody is there to type a password.
fn methods(ssh: &Ssh) -> Answer {
    if setting(ssh, "pubkeyauthentication") == Some("no") {
        return closed("sshd", "PubkeyAuthentication no".into());
    }
    match setting(ssh, "authenticationmethods") {
        None | Some("any") => open(),
        Some(lists) if lists.split_whitespace().any(|list| list == "publickey") => open(),
        Some(lists) => closed("sshd", format!("AuthenticationMethods {lists}")),
    }
}

/// `Match` blocks, which may give this user other settings than those that were seen.
fn matched(ssh: &Ssh, user: &str, account: Option<&Account>) -> Answer {
    let groups: Vec<&str> = account.into_iter().flat_map(|account| &account.groups).map(String::as_str).collect();
    let passes_by = |line: &&Line| {
        let words: Vec<&str> = line.text.split_whitespace().skip(1).collect();
        words.chunks(2).any(|pair| match pair {
            [keyword, list] if keyword.eq_ignore_ascii_case("user") => !list.split(',').any(|name| is_like(name, user)),
            [keyword, list] if keyword.eq_ignore_ascii_case("group") => {
                !list.split(',').any(|name| groups.iter().any(|group| is_like(name, group)))
            }
            _ => false,
        })
    };
    match ssh.matches.iter().find(|line| !passes_by(line)) {
        Some(line) if ssh.seen_by.as_deref() != Some(user) => Answer::unknown(vec![line.because()]),
        _ => open(),
    }
}

fn account_lets_in(user: &str, account: Option<&Account>) -> Answer {
    let Some(account) = account else { return closed("account", format!("there is no user {user}")) };
    match account.shell.rsplit('/').next() {
        Some("nologin" | "false") => closed("account", format!("the shell of {user} is {}", account.shell)),
        _ => open(),
    }
}

fn key(ssh: &Ssh, account: Option<&Account>, from: IpAddr, keys: &Keys) -> Answer {
    let Some(account) = account else { return open() };
    let file = format!("{}/.ssh/authorized_keys", account.home.trim_end_matches('/'));
    let files = setting(ssh, "authorizedkeysfile").unwrap_or(".ssh/authorized_keys");
    let usual = |name: &str| [".ssh/authorized_keys", "%h/.ssh/authorized_keys"].contains(&name);
    if !files.split_whitespace().any(usual) {
        return Answer::unknown(vec![Because::new("sshd", format!("AuthorizedKeysFile {files}"))]);
    }
    if let Some(fault) = account.faults.first().filter(|_| setting(ssh, "strictmodes") != Some("no")) {
        return closed("StrictModes", fault.clone());
    }
    let lines = account.keys.iter().filter_map(|line| Some((line, fingerprint(line)?)));
    let fitting: Vec<&String> = lines
        .filter(|(_, print)| match keys {
            Keys::Known(known) => known == print,
            Keys::AnyOf(some) => some.contains(print),
        })
        .map(|(line, _)| line)
        .collect();
    let Some(line) = fitting.iter().find(|line| options_let_in(line, from)).or(fitting.first()) else {
        let what = match keys {
            Keys::Known(known) => format!("your key {known} is not in it"),
            Keys::AnyOf(_) => "none of the keys that let you in now is in it".to_owned(),
        };
        return closed(&file, what);
    };
    match options_let_in(line, from) {
        true => Answer::open(vec![Because::new(file, short(line))]),
        false => closed(&file, format!("the options of this line: {}", short(line))),
    }
}

/// A key's fingerprint as sshd writes it, whatever options stand before it.
pub fn fingerprint(line: &str) -> Option<String> {
    let is_algorithm = |word: &&str| ["ssh-", "ecdsa-", "sk-"].iter().any(|start| word.starts_with(start));
    let mut words = line.split_whitespace().skip_while(|word| !is_algorithm(word));
    let material = STANDARD.decode(words.nth(1)?).ok()?;
    Some(format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(&material))))
}

/// Whether a line's options leave a way in: no command in its place, no other address.
fn options_let_in(line: &str, from: IpAddr) -> bool {
    let options = line.split("ssh-").next().unwrap_or_default();
    let option = |name: &str| options.split_once(&format!("{name}=\"")).and_then(|(_, rest)| rest.split('"').next());
    let from_fits = option("from").is_none_or(|list| {
        let fits = |pattern: &str| {
            pattern.parse::<ipnet::IpNet>().is_ok_and(|net| net.contains(&from)) || is_like(pattern, &from.to_string())
        };
        list.split(',').any(fits) && !list.split(',').filter_map(|pattern| pattern.strip_prefix('!')).any(fits)
    });
    from_fits && option("command").is_none()
}

/// A line without the key itself.
fn short(line: &str) -> String {
    let words = line.split_whitespace().map(|word| match word.char_indices().nth(24) {
        Some((at, _)) => format!("{}…", word.get(..at).unwrap_or_default()),
        None => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA nobody@test";

    /// As `ssh-keygen -lf` prints it.
    #[test]
    fn a_fingerprint_is_the_one_that_sshd_notes() {
        let found = fingerprint(&format!("from=\"10.0.0.0/8\" {KEY}")).unwrap();
        assert_eq!(Some(found.clone()), fingerprint(KEY));
        assert!(found.starts_with("SHA256:") && found.len() == 50, "{found}");
    }

    #[test]
    fn patterns_are_sshd_s() {
        for (pattern, word, fits) in [
            ("admin*", "adminclaw", true),
            ("a?min", "admin", true),
            ("*", "", true),
            ("ad", "admin", false),
            ("*x", "admin", false),
        ] {
            assert_eq!(is_like(pattern, word), fits, "{pattern} {word}");
        }
        let from = "203.0.113.7".parse().unwrap();
        assert!(is_user("ada@203.0.113.0/24", "ada", from));
        assert!(!is_user("ada@10.*", "ada", from));
    }

    #[test]
    fn options_may_shut_a_key_out() {
        let from = "203.0.113.7".parse().unwrap();
        assert!(options_let_in(KEY, from));
        assert!(options_let_in(&format!("no-pty,from=\"203.0.113.*\" {KEY}"), from));
        assert!(!options_let_in(&format!("from=\"10.0.0.0/8\" {KEY}"), from));
        assert!(!options_let_in(&format!("command=\"echo no\" {KEY}"), from));
    }

    #[test]
    fn the_last_line_of_sudo_s_decides() {
        let line = |text: &str| Line { place: "/etc/sudoers:1".into(), text: text.into() };
        let mut access = Access { sudo: vec![line("ada ALL=(ALL) NOPASSWD:ALL")], ..Access::default() };
        assert!(may_become_root(&access, "ada").is_open());
        access.sudo.push(line("ada ALL=(ALL:ALL) ALL"));
        assert_eq!(may_become_root(&access, "ada").verdict, Verdict::Closed);
        assert_eq!(may_become_root(&access, "bob").verdict, Verdict::Closed);
    }
}
