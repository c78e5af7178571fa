//! The ports on which sshd is reached, which its files need not say: somebody may have edited them
//! and let nothing read them again. To go back to such files, and no further, would close the port
//! that the operator came by. So sshd is told its ports beside its files, in a drop-in of its unit
//! that is gone with the next boot. That is what was there before: files that say one thing, and a
//! daemon that does another until the host boots.

use crate::kind;
use crate::kind::sshd::{SERVICE, SOCKET, restart_socket};
use crate::system::folder::Access;
use crate::system::{Fault, FaultCode, System};
use piton_plan::kind::sshd::socket_ports;
use std::collections::BTreeSet;
use std::fmt::Write;

/// In the order of drop-ins it has to come behind all others.
const DROP_IN: &str = "zz-piton-as-it-ran.conf";

pub(super) fn read(system: &System) -> Result<BTreeSet<u16>, Fault> {
    kind::ssh_ports(system)
}

/// Lets sshd's files have the say again, from its next restart on.
pub(crate) fn leave_to_files(system: &System) -> Result<(), Fault> {
    let left = [SERVICE, SOCKET].map(path).into_iter().filter(|path| system.exists(path)).collect::<Vec<_>>();
    for path in &left {
        system.remove_file(path)?;
    }
    match left.is_empty() {
        true => Ok(()),
        false => system.systemctl(&["daemon-reload"]),
    }
}

/// Lets sshd listen where it listened, once its files are back and it has read them.
pub(super) fn keep(system: &System, before: &BTreeSet<u16>) -> Result<(), Fault> {
    if before.is_empty() || read(system)? == *before || !system.is_host() {
        return Ok(());
    }
    let has_socket = system.unit(SOCKET)?.is_active();
    let (unit, text) = if has_socket { (SOCKET, socket_ports(before)) } else { (SERVICE, service(system, before)?) };
    let path = path(unit);
    system.make_parents(&path)?;
    let (folder, name) = system.existing_folder_above(&path)?;
    folder.replace(name, text.as_bytes(), &Access::new(0, 0, 0o644))?;
    system.systemctl(&["daemon-reload"])?;
    match has_socket {
        true => restart_socket(system)?,
        false => system.systemctl(&["restart", SERVICE])?,
    }
    let ports = before.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
    match before.is_subset(&read(system)?) {
        true => {
            system.tell(&format!("sshd listens on {ports} as before, until the next boot: its files do not say so"));
            Ok(())
        }
        false => {
            let what = format!("sshd does not listen on {ports} any more, as it did");
            Err(Fault::new(FaultCode::NotRestored, what).help("see `systemctl status ssh` on the host's console"))
        }
    }
}

fn path(unit: &str) -> String {
    format!("/run/systemd/system/{unit}.d/{DROP_IN}")
}

/// Ports on the command line are the only ones that sshd listens on.
fn service(system: &System, ports: &BTreeSet<u16>) -> Result<String, Fault> {
    let program = system.program("sshd").ok_or_else(|| Fault::new(FaultCode::NotRestored, "sshd is gone"))?;
    let mut text = format!("[Service]\nExecStart=\nExecStart={} -D $SSHD_OPTS", program.display());
    for port in ports {
        // Writing to a String cannot fail.
        let _ = write!(text, " -p {port}");
    }
    text.push('\n');
    Ok(text)
}
