//! One `ssh` a host. The line it runs there finds the host half, or asks for it, and becomes it.
//!
//! The host half lies under its own digest in a folder that only root may enter, so a host that
//! has it has exactly it. Sending it is part of the same session: still one handshake. Nothing is
//! ever asked for on a terminal, and host keys are never taken on trust: ssh's own answer to an
//! unknown key is passed on.

use super::cache::Memory;
use super::{Freshness, Link, Reaching, Trouble, TroubleKind, host_key};
use piton_plan::Login;
use std::fs::File;
use std::io::{BufRead, Read};
use std::process::{Command, Stdio};

/// What the first line of ours on the session's stdout begins with; whatever a shell's start-up
/// files print comes before it.
const MARK: &str = "piton-session: ";

/// Start-up files may be chatty, but not for ever.
const LONGEST_CHATTER: u64 = 256 << 10;

/// Runs as the user that logs in: notes who and from where, and becomes root. Each program that a
/// shell starts here is one that every run waits for.
const OUTER: &str = r#"C=${SSH_CONNECTION:-}; L=${LOGNAME:-$(id -un)}; if [ "$(id -u)" = 0 ]; then exec sh -c "$1" piton "$L" "$C"; else exec sudo -n -- sh -c "$1" piton "$L" "$C"; fi"#;

/// Runs as root. No single quotes: it travels inside a pair of them. `head -c` reads exactly what
/// it is told to, so the frames that follow the binary stay in the pipe. The greeting is in the
/// pipe before anyone knows whether the half is there; where it is not, it is passed over and comes
/// again. The newest few halves are kept, since two operators may have two versions.
const INNER: &str = r#"
umask 077
D=/var/lib/piton/bin
for W in DIGESTS; do B=$D/$W; [ -x "$B" ] && break; done
if [ ! -x "$B" ]; then
  head -c GREETING >/dev/null
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

pub(super) fn connect(
    login: &Login,
    reaching: &Reaching,
    freshness: Freshness,
    greeting: &[u8],
) -> Result<Link, Trouble> {
    let ssh = || command(login, reaching, freshness);
    let plainly = || start(ssh(), login, reaching, greeting);
    let Some(port) = login.port.filter(|port| *port != 22) else { return plainly() };
    let known_as = |name: &str| {
        let mut ssh = ssh();
        ssh.args(["-o", &format!("HostKeyAlias={name}")]);
        start(ssh, login, reaching, greeting)
    };
    let memory = host_key::memory(&ssh(), &login.address, port);
    if let Some(name) = memory.as_ref().and_then(Memory::recall::<String>) {
        match known_as(&name) {
            // The key may have moved to another name: ssh's own lookup decides.
            Err(trouble) if trouble.kind.is_about_the_host_key() => memory.iter().for_each(Memory::forget),
            other => return other,
        }
    }
    let unknown = match plainly() {
        Err(trouble) if trouble.kind == TroubleKind::HostKeyUnknown => trouble,
        other => return other,
    };
    let Some(name) = host_key::bare_name(&ssh(), &login.address, port) else { return Err(unknown) };
    let link = known_as(&name)?;
    if let Some(memory) = memory {
        memory.keep(&name);
    }
    Ok(link)
}

fn aimed(mut command: Command, login: &Login, line: &str) -> Command {
    // `--` so that an address from a file can never be an option.
    command.arg("--").arg(&login.address).arg(line);
    command
}

/// Runs ssh up to where the host half is started.
fn start(mut command: Command, login: &Login, reaching: &Reaching, greeting: &[u8]) -> Result<Link, Trouble> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = aimed(command, login, &remote_line(reaching, greeting.len())).spawn();
    let child = child.map_err(|error| Trouble::no_ssh(&error))?;
    let mut link = Link::new(child, reaching.patience())?;
    // Sent ahead, which saves a round trip. That nobody reads it shows in the answer.
    let _ = link.write_all(greeting);
    match await_host_half(&mut link, reaching, greeting) {
        Ok(()) => Ok(link),
        Err(trouble) => match (link.too_slow(), trouble) {
            (Some(slow), _) => Err(slow),
            (None, Some(trouble)) => Err(trouble),
            (None, None) => {
                let (code, said) = link.last_words();
                Err(Trouble::from_ssh(login, code, &said))
            }
        },
    }
}

/// ssh with all its options; where it leads and what runs there come last.
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
    }
    if let Some(user) = &login.user {
        command.args(["-l", user]);
    }
    command
}

fn remote_line(reaching: &Reaching, greeting: usize) -> String {
    // One of another machine's kind is never sent there, so the one that is there is the right one.
    let digests: Vec<&str> = reaching.binaries.all().map(|binary| binary.digest.as_str()).collect();
    let inner = INNER.replace("DIGESTS", &digests.join(" ")).replace("MARK", MARK);
    let inner = inner.replace("GREETING", &greeting.to_string());
    format!("exec sh -c '{OUTER}' piton '{inner}'")
}

/// Reads up to the line that says the host half is running, sending it first if it is asked for.
/// `Err(None)`: the session ended, and ssh's last words say why.
fn await_host_half(link: &mut Link, reaching: &Reaching, greeting: &[u8]) -> Result<(), Option<Trouble>> {
    let (mut left, mut sent) = (LONGEST_CHATTER, false);
    loop {
        let mut line = Vec::new();
        let read = link.output().by_ref().take(left).read_until(b'\n', &mut line);
        let Ok(count @ 1..) = read else { return Err(None) };
        left -= count as u64;
        if left == 0 {
            return Err(Some(Trouble::broken("whatever starts when one logs in there does not stop printing")));
        }
        let line = String::from_utf8_lossy(&line);
        let Some((_, said)) = line.split_once(MARK) else { continue };
        match said.trim().split_once(' ') {
            None if said.trim() == "have" => {
                if sent {
                    link.write_all(greeting).map_err(|error| Some(Trouble::broken(&error.to_string())))?;
                }
                return Ok(());
            }
            Some(("need", kind)) if !sent => {
                send_binary(link, reaching, kind).map_err(Some)?;
                sent = true;
            }
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
        copy(&mut file, link)
    });
    match sent {
        Ok(()) => Ok(()),
        // The host's own line says why it stopped reading; it is read next.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Trouble::broken(&error.to_string())),
    }
}

/// Piece by piece: a slow line takes its time, and one that stands still is given up.
fn copy(file: &mut File, link: &mut Link) -> std::io::Result<()> {
    let mut piece = vec![0; 64 << 10];
    while let count @ 1.. = file.read(&mut piece)? {
        link.write_all(piece.get(..count).unwrap_or_default())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_remote_line_is_quoted_once_and_names_the_binary_by_digest() {
        let binaries = super::super::Binaries::beside(&std::env::current_exe().unwrap()).unwrap();
        let binary = binaries.all().next().unwrap();
        let digest = binary.digest.to_string();
        let line = remote_line(&Reaching { binaries, ..Reaching::default() }, 100);
        assert_eq!(line.matches('\'').count(), 4, "the scripts themselves must not hold quotes");
        assert!(line.contains(&digest));
    }

    /// What a host is told apart as that runs this instead of the host half.
    fn handshake(script: &str, patience: Duration) -> (Option<Trouble>, Link) {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut link = Link::new(shell.spawn().unwrap(), patience).unwrap();
        let binaries = super::super::Binaries::beside(&std::env::current_exe().unwrap()).unwrap();
        let answer = await_host_half(&mut link, &Reaching { binaries, ..Reaching::default() }, b"");
        (answer.err().flatten(), link)
    }

    #[test]
    fn chatter_before_the_host_half_is_passed_over() {
        let (trouble, link) = handshake("echo welcome; echo; echo 'piton-session: have'", Duration::from_secs(600));
        assert_eq!((trouble, link.too_slow()), (None, None));
    }

    #[test]
    fn a_host_that_never_stops_talking_is_given_up() {
        let (trouble, _) = handshake("exec yes", Duration::from_secs(600));
        assert!(trouble.unwrap().what.contains("does not stop printing"));
    }

    #[test]
    fn a_host_that_says_nothing_is_given_up() {
        let (_, link) = handshake("exec sleep 600", Duration::from_millis(10));
        assert!(link.too_slow().unwrap().what.contains("did not get as far as answering"));
    }

    #[test]
    fn the_program_is_sent_once() {
        let again =
            "while :; do echo \"piton-session: need Linux $(uname -m)\"; read -r S W; head -c $S >/dev/null; done";
        let (trouble, _) = handshake(again, Duration::from_secs(600));
        assert!(trouble.unwrap().what.contains("the host said `need"));
    }

    #[test]
    fn an_address_that_looks_like_an_option_is_not_one() {
        let login = Login { address: "-oProxyCommand=touch /tmp/x".into(), user: None, port: None };
        let command = aimed(command(&login, &Reaching::default(), Freshness::Any), &login, "true");
        let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy().into_owned()).collect();
        let end = arguments.iter().position(|argument| argument == "--").unwrap();
        assert_eq!(arguments[end + 1], login.address);
    }
}
