//! One `ssh` a host. The line it runs there finds the host half, or asks for it, and becomes it.
//!
//! The host half lies under its own digest in a folder that only root may enter, so a host that
//! has it has exactly it. Sending it is part of the same session: still one handshake. Nothing is
//! ever asked for on a terminal, and host keys are never taken on trust: ssh's own answer to an
//! unknown key is passed on.

use super::{Freshness, Link, Reaching, Trouble};
use piton_plan::Login;
use std::fs::File;
use std::io::{BufRead, Read};
use std::process::{Command, Stdio};

/// What the first line of ours on the session's stdout begins with; whatever a shell's start-up
/// files print comes before it.
const MARK: &str = "piton-session: ";

/// Start-up files may be chatty, but not for ever.
const LONGEST_CHATTER: u64 = 256 << 10;

/// Runs as the user that logs in: notes who and from where, and becomes root.
const OUTER: &str = r#"C=${SSH_CONNECTION:-}; L=$(id -un); if [ "$(id -u)" = 0 ]; then exec sh -c "$1" piton "$L" "$C"; else exec sudo -n -- sh -c "$1" piton "$L" "$C"; fi"#;

/// Runs as root. No single quotes: it travels inside a pair of them. `head -c` reads exactly what
/// it is told to, so the frames that follow the binary stay in the pipe. The newest few halves are
/// kept, since two operators may have two versions.
const INNER: &str = r#"
umask 077
case $(uname -m) in KNOWN) W=UNKNOWN ;; esac
D=/var/lib/piton/bin
B=$D/$W
if [ ! -x "$B" ]; then
  echo "MARKneed $(uname -s) $(uname -m)"
  read -r S W || exit 1
  B=$D/$W
  E=$( (mkdir -p "$D" && chmod 700 /var/lib/piton "$D" && : > "$B.$$") 2>&1) || { echo "MARKfailed $E"; exit 1; }
  head -c "$S" > "$B.$$" 2>/dev/null || { rm -f "$B.$$"; echo "MARKfailed cannot write $D: no space left on device?"; exit 1; }
  G=$(sha256sum < "$B.$$")
  [ "${G%% *}" = "$W" ] || { rm -f "$B.$$"; echo "MARKfailed the program arrived damaged: no space left on device?"; exit 1; }
  ls -1t "$D" | tail -n +4 | while read -r F; do rm -f "$D/$F"; done
  chmod 700 "$B.$$" && sync "$B.$$" && mv "$B.$$" "$B" || { rm -f "$B.$$"; echo "MARKfailed cannot place $B"; exit 1; }
fi
echo "MARKhave"
exec "$B" host --stdio --login "$1" --connection "$2"
"#;

pub(super) fn connect(login: &Login, reaching: &Reaching, freshness: Freshness) -> Result<Link, Trouble> {
    let mut command = command(login, reaching, freshness);
    let child = command.spawn().map_err(|error| Trouble::broken(&format!("cannot start ssh: {error}")))?;
    let mut link = Link::new(child)?;
    match await_host_half(&mut link, reaching) {
        Ok(()) => Ok(link),
        Err(Some(trouble)) => Err(trouble),
        Err(None) => {
            let (code, said) = link.last_words();
            Err(Trouble::from_ssh(login, code, &said))
        }
    }
}

fn command(login: &Login, reaching: &Reaching, freshness: Freshness) -> Command {
    let mut command = Command::new("ssh");
    command.arg("-T").args(&reaching.ssh_arguments);
    let timeout = format!("ConnectTimeout={}", reaching.connect_timeout.max(1));
    command.args(["-o", "BatchMode=yes", "-o", &timeout, "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3"]);
    if freshness == Freshness::New {
        command.args(["-o", "ControlMaster=no", "-o", "ControlPath=none"]);
    }
    if let Some(port) = login.port {
        command.args(["-p", &port.to_string()]);
        if port != 22 && known_only_by_name(&login.address, port) {
            command.args(["-o", &format!("HostKeyAlias={}", login.address)]);
        }
    }
    if let Some(user) = &login.user {
        command.args(["-l", user]);
    }
    // `--` so that an address from a file can never be an option.
    command.arg("--").arg(&login.address).arg(remote_line(reaching));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn remote_line(reaching: &Reaching) -> String {
    let mut cases = String::new();
    for (machine, binary) in reaching.binaries.all() {
        cases.push_str(&format!("{machine}) W={} ;; ", binary.digest));
    }
    let inner = INNER.replace("KNOWN) W=UNKNOWN ;;", &format!("{cases}*) W=none ;;")).replace("MARK", MARK);
    format!("exec sh -c '{OUTER}' piton '{inner}'")
}

/// A host's key is known for port 22 under its bare name. sshd has the same key on every port, so
/// moving the port must not make a known host unknown.
fn known_only_by_name(address: &str, port: u16) -> bool {
    let known = |name: &str| {
        let mut lookup = Command::new("ssh-keygen");
        lookup.args(["-F", name]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        lookup.status().is_ok_and(|status| status.success())
    };
    !known(&format!("[{address}]:{port}")) && known(address)
}

/// Reads up to the line that says the host half is running, sending it first if it is asked for.
/// `Err(None)`: the session ended, and ssh's last words say why.
fn await_host_half(link: &mut Link, reaching: &Reaching) -> Result<(), Option<Trouble>> {
    loop {
        let mut line = Vec::new();
        let read = link.output().by_ref().take(LONGEST_CHATTER).read_until(b'\n', &mut line);
        if !matches!(read, Ok(1..)) {
            return Err(None);
        }
        let line = String::from_utf8_lossy(&line);
        let Some((_, said)) = line.split_once(MARK) else { continue };
        match said.trim().split_once(' ') {
            None if said.trim() == "have" => return Ok(()),
            Some(("need", kind)) => send_binary(link, reaching, kind).map_err(Some)?,
            Some(("failed", why)) => return Err(Some(Trouble::cannot_place(why))),
            _ => return Err(Some(Trouble::broken(&format!("the host said `{}`", said.trim())))),
        }
    }
}

fn send_binary(link: &mut Link, reaching: &Reaching, kind: &str) -> Result<(), Trouble> {
    let (system, machine) = kind.split_once(' ').unwrap_or((kind, ""));
    let binary = reaching.binaries.for_machine(machine).filter(|_| system == "Linux");
    let binary = binary.ok_or_else(|| Trouble::no_binary(system, machine))?;
    let sent = File::open(&binary.path).and_then(|mut file| {
        let size = file.metadata()?.len();
        link.write_all(format!("{size} {}\n", binary.digest).as_bytes())?;
        std::io::copy(&mut file, link.input()?)
    });
    match sent {
        Ok(_) => Ok(()),
        // The host's own line says why it stopped reading; it is read next.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Trouble::broken(&error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remote_line_is_quoted_once_and_names_the_binary_by_digest() {
        let binaries = super::super::Binaries::beside(&std::env::current_exe().unwrap()).unwrap();
        let (_, binary) = binaries.all().next().unwrap();
        let digest = binary.digest.to_string();
        let line = remote_line(&Reaching { binaries, ..Reaching::default() });
        assert_eq!(line.matches('\'').count(), 4, "the scripts themselves must not hold quotes");
        assert!(line.contains(&digest));
    }

    #[test]
    fn an_address_that_looks_like_an_option_is_not_one() {
        let login = Login { address: "-oProxyCommand=touch /tmp/x".into(), user: None, port: None };
        let command = command(&login, &Reaching::default(), Freshness::Any);
        let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy().into_owned()).collect();
        let end = arguments.iter().position(|argument| argument == "--").unwrap();
        assert_eq!(arguments[end + 1], login.address);
    }
}
