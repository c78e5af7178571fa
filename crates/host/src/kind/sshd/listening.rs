//! The ports on which one can reach sshd, asked of the kernel and not of any configuration.
//!
//! After a daemon-reload, or a change that sshd has not read, configuration and sockets differ;
//! a plan that trusted the first would close the only port that answers.

use super::sock_diag;
use crate::system::System;
use crate::system::units::UnitState;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// The ports that sshd listens on itself, and those that systemd holds for it.
pub(super) fn ports(system: &System, socket: &UnitState) -> BTreeSet<u16> {
    // A folder that stands in for a host has a table of its own, and no kernel to ask.
    let asked = system.is_host().then(sock_diag::listening).flatten();
    let sockets = asked.unwrap_or_else(|| listening(system));
    let proc = system.path("/proc");
    let root = fs::metadata(proc.join("1")).map(|folder| folder.uid()).ok();
    let mut found = BTreeSet::new();
    let entries = fs::read_dir(&proc).into_iter().flatten().flatten();
    let is_process = |entry: &fs::DirEntry| entry.file_name().as_encoded_bytes().iter().all(u8::is_ascii_digit);
    for process in entries.filter(is_process) {
        let folder = process.path();
        // Others may call their program sshd, too.
        let of_root = fs::metadata(&folder).is_ok_and(|folder| Some(folder.uid()) == root);
        if of_root && is_listener(&folder) {
            found.extend(held(&folder, &sockets));
        }
    }
    if socket.is_active() {
        // systemd holds sockets for many units: only those that ssh.socket names are sshd's.
        let named: BTreeSet<u16> = socket.listen.iter().filter_map(|address| port_of(address)).collect();
        found.extend(held(&proc.join("1"), &sockets).intersection(&named));
    }
    found
}

/// The inode of every listening TCP socket, and its port.
fn listening(system: &System) -> BTreeMap<String, u16> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|path| system.path(path));
    let texts = tables.iter().filter_map(|path| fs::read_to_string(path).ok());
    texts.flat_map(|text| text.lines().skip(1).filter_map(socket_line).collect::<Vec<_>>()).collect()
}

/// Reads `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode`.
fn socket_line(line: &str) -> Option<(String, u16)> {
    const LISTEN: &str = "0A";
    let fields: Vec<&str> = line.split_whitespace().collect();
    let [_, local, _, LISTEN, _, _, _, _, _, inode, ..] = fields.as_slice() else { return None };
    let (_, port) = local.rsplit_once(':')?;
    Some(((*inode).to_owned(), u16::from_str_radix(port, 16).ok()?))
}

/// Whether a process is the sshd that takes calls, not one that serves a session: that one has
/// listening sockets of its own when it forwards ports.
fn is_listener(process: &Path) -> bool {
    let name = fs::read_to_string(process.join("comm")).unwrap_or_default();
    if name.trim_end() != "sshd" {
        return false;
    }
    let words = fs::read(process.join("cmdline")).unwrap_or_default();
    let words = String::from_utf8_lossy(&words).replace('\0', " ");
    // `sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups`, or the plain words before it is up.
    words.starts_with('/') || words.starts_with("sshd: /") && words.contains("[listener]")
}

fn held(process: &Path, sockets: &BTreeMap<String, u16>) -> BTreeSet<u16> {
    let port = |link: &Path| {
        let target = fs::read_link(link).ok()?;
        let inode = target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned();
        sockets.get(&inode).copied()
    };
    let descriptors = fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
    descriptors.filter_map(|descriptor| port(&descriptor.path())).collect()
}

/// The port of `0.0.0.0:22`, `[::]:22` or `22`.
fn port_of(address: &str) -> Option<u16> {
    address.rsplit(':').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn process(root: &Path, id: u32, name: &str, words: &str, inodes: &[u32]) {
        let folder = root.join(format!("proc/{id}"));
        fs::create_dir_all(folder.join("fd")).expect("a folder");
        fs::write(folder.join("comm"), format!("{name}\n")).expect("a file");
        fs::write(folder.join("cmdline"), words.replace(' ', "\0")).expect("a file");
        for inode in inodes {
            symlink(format!("socket:[{inode}]"), folder.join(format!("fd/{inode}"))).expect("a link");
        }
    }

    fn host(folder: &Path) -> System {
        let line = |port: u16, state: &str, inode: u32| {
            format!(
                "   0: 00000000:{port:04X} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000 0 0 {inode} 1 x\n"
            )
        };
        let tcp =
            format!("  sl\n{}{}{}{}", line(22, "0A", 1), line(222, "0A", 2), line(6010, "0A", 3), line(22, "01", 4));
        fs::create_dir_all(folder.join("proc/net")).expect("a folder");
        fs::write(folder.join("proc/net/tcp"), tcp).expect("a file");
        process(folder, 1, "systemd", "/sbin/init", &[2, 9]);
        System::at(folder)
    }

    #[test]
    fn sshd_listens_where_its_listener_does() {
        let folder = tempfile::tempdir().expect("a folder");
        let system = host(folder.path());
        process(folder.path(), 40, "sshd", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups", &[1, 4]);
        process(folder.path(), 41, "sshd", "sshd: admin [priv]", &[3]);
        assert_eq!(ports(&system, &UnitState::default()), BTreeSet::from([22]));
    }

    #[test]
    fn the_socket_unit_counts_with_what_systemd_really_holds() {
        let folder = tempfile::tempdir().expect("a folder");
        let system = host(folder.path());
        let listen = ["0.0.0.0:222", "[::]:222", "[::]:333"].map(str::to_owned).to_vec();
        let mut socket = UnitState { active: "active".into(), listen, ..UnitState::default() };
        assert_eq!(ports(&system, &socket), BTreeSet::from([222]));
        socket.active = "inactive".into();
        assert_eq!(ports(&system, &socket), BTreeSet::new());
    }

    #[test]
    fn a_line_that_is_no_listening_socket_is_passed_over() {
        for line in ["", "sl local", "0: 00:ZZZZ x 0A 0 0 0 0 0 7", "0: 0016 x 0A 0 0 0 0 0 7"] {
            assert_eq!(socket_line(line), None, "{line}");
        }
    }
}
