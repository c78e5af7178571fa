//! Under which name the operator's ssh knows a host's key.
//!
//! ssh keeps the key of port 22 under the host's bare name, and that of any other port under
//! `[name]:port`. sshd has the same keys on every port, so moving the port must not make a known
//! host unknown. Which name, and in which files, is ssh's to say (`ssh -G`): an alias of the
//! operator's has a `HostName`, and may have files of its own. Nothing here trusts a new key.
//!
//! Asking costs a process, so it is only asked where ssh has called a host unknown, and the answer
//! is remembered. A remembered name says where a key is looked up and no more: the key must still be
//! there, and where it is not, ssh's own lookup decides again.

use super::cache::Memory;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What ssh makes of an address.
#[derive(Debug, Default, PartialEq)]
struct Lookup {
    name: String,
    /// The operator's own `HostKeyAlias`, which has no port and so stays right.
    alias: Option<String>,
    files: Vec<PathBuf>,
}

/// The bare name, where a host's key is known under that and not under the one with the port.
/// `ssh` is the command as it will be run, up to the address.
pub(super) fn bare_name(ssh: &Command, address: &str, port: u16) -> Option<String> {
    let mut question = Command::new(ssh.get_program());
    question.arg("-G").args(ssh.get_args()).arg("--").arg(address);
    let answer = question.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let lookup = Lookup::read(&String::from_utf8_lossy(&answer.stdout));
    if lookup.alias.is_some() || lookup.name.is_empty() {
        return None;
    }
    let known = |name: &str| lookup.files.iter().any(|file| is_in(file, name));
    (!known(&format!("[{}]:{port}", lookup.name)) && known(&lookup.name)).then_some(lookup.name)
}

/// Under which name the host is known that this command leads to.
pub(super) fn memory(ssh: &Command, address: &str, port: u16) -> Option<Memory> {
    let arguments: Vec<&[u8]> = ssh.get_args().map(OsStr::as_encoded_bytes).collect();
    Memory::of("known-as", &[&arguments.join(&0), address.as_bytes(), port.to_string().as_bytes()].join(&0))
}

impl Lookup {
    fn read(said: &str) -> Lookup {
        let mut lookup = Lookup::default();
        for (keyword, value) in said.lines().filter_map(|line| line.split_once(' ')) {
            match keyword {
                "hostname" => lookup.name = value.to_ascii_lowercase(),
                "hostkeyalias" => lookup.alias = Some(value.to_owned()),
                "userknownhostsfile" | "globalknownhostsfile" => {
                    lookup.files.extend(value.split_whitespace().map(PathBuf::from));
                }
                _ => {}
            }
        }
        lookup
    }
}

/// Whether a file of known hosts has a name. Plain names are read here; hashed ones and patterns
/// are ssh-keygen's to compare, which costs a process.
fn is_in(file: &Path, name: &str) -> bool {
    let Ok(bytes) = std::fs::read(file) else { return false };
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().filter_map(hosts_of).collect();
    let (plain, others): (Vec<&str>, Vec<&str>) =
        lines.into_iter().partition(|hosts| !hosts.contains(['|', '*', '?', '!']));
    let is_name = |known: &str| known.eq_ignore_ascii_case(name);
    plain.iter().any(|hosts| hosts.split(',').any(is_name)) || (!others.is_empty() && ssh_keygen_finds(file, name))
}

/// The hosts that a line is about, unless it only says that a key must not be used.
fn hosts_of(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    match words.next()? {
        "@revoked" => None,
        "@cert-authority" => words.next(),
        word if word.starts_with('#') => None,
        word => Some(word),
    }
}

fn ssh_keygen_finds(file: &Path, name: &str) -> bool {
    let mut lookup = Command::new("ssh-keygen");
    lookup.args([OsStr::new("-F"), OsStr::new(name), OsStr::new("-f"), file.as_os_str()]);
    lookup.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    lookup.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    /// Asks for the alias `gateway`, which is 203.0.113.10, with this for known hosts.
    fn asked(known: &str, hashed: bool, more: &str) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let (config, file) = (folder.path().join("config"), folder.path().join("known"));
        std::fs::write(&file, known).unwrap();
        if hashed {
            let made = Command::new("ssh-keygen").args(["-q", "-H", "-f"]).arg(&file).output().unwrap();
            assert!(made.status.success(), "{made:?}");
        }
        let text = format!("Host gateway\nHostName 203.0.113.10\nUserKnownHostsFile {}\n{more}\n", file.display());
        std::fs::write(&config, text).unwrap();
        let mut ssh = Command::new("ssh");
        ssh.args(["-T", "-F"]).arg(&config).args(["-p", "222"]);
        bare_name(&ssh, "gateway", 222)
    }

    #[test]
    fn an_alias_is_known_by_the_name_that_it_stands_for() {
        for hashed in [false, true] {
            let name = asked(&format!("203.0.113.10 {KEY}\n"), hashed, "");
            assert_eq!(name.as_deref(), Some("203.0.113.10"), "hashed: {hashed}");
        }
    }

    #[test]
    fn a_host_that_is_known_with_its_port_needs_no_other_name() {
        for hashed in [false, true] {
            let known = format!("203.0.113.10 {KEY}\n[203.0.113.10]:222 {KEY}\n");
            assert_eq!(asked(&known, hashed, ""), None, "hashed: {hashed}");
        }
    }

    #[test]
    fn a_stranger_stays_a_stranger() {
        assert_eq!(asked(&format!("203.0.113.11 {KEY}\ngateway {KEY}\n"), false, ""), None);
        assert_eq!(asked(&format!("@revoked 203.0.113.10 {KEY}\n"), false, ""), None);
        assert_eq!(asked("", false, ""), None);
    }

    #[test]
    fn a_pattern_counts_as_ssh_counts_it() {
        assert_eq!(asked(&format!("203.0.113.* {KEY}\n"), false, "").as_deref(), Some("203.0.113.10"));
        assert_eq!(asked(&format!("203.0.113.*,!203.0.113.10 {KEY}\n"), false, ""), None);
    }

    #[test]
    fn the_operators_own_key_alias_stays() {
        assert_eq!(asked(&format!("203.0.113.10 {KEY}\n"), false, "HostKeyAlias vps"), None);
    }
}
