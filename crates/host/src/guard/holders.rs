//! Ending whoever still has a change open when its time is over.
//!
//! Who that is, the kernel says: the processes that have the lock's file open. The lock is theirs
//! until they end, so nothing else has to be known of them.

use crate::lock;
use crate::system::System;
use rustix::process::{Pid, PidfdFlags, Signal, getpid, pidfd_open, pidfd_send_signal};
use std::fs;
use std::path::Path;

/// Ends every other process that has to do with the open change.
pub(super) fn end(system: &System) {
    let lock = system.path(lock::CHANGE);
    for process in processes().filter(|process| *process != getpid()) {
        // The process, not its number, which may be another's by the time the signal is sent.
        let Ok(handle) = pidfd_open(process, PidfdFlags::empty()) else { continue };
        if has_open(process, &lock) {
            let _ = pidfd_send_signal(&handle, Signal::KILL);
        }
    }
}

fn processes() -> impl Iterator<Item = Pid> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?))
}

fn has_open(process: Pid, file: &Path) -> bool {
    let folder = format!("/proc/{}/fd", process.as_raw_nonzero());
    let mut open = fs::read_dir(folder).into_iter().flatten().flatten();
    open.any(|entry| fs::read_link(entry.path()).is_ok_and(|target| lock::is_open_at(&target, file)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn who_has_the_lock_open_is_ended_and_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let system = System::at(folder.path());
        crate::own::make_folder(&system, crate::own::FOLDER).unwrap();
        let lock = system.path(lock::CHANGE);
        fs::write(&lock, "").unwrap();
        let sleeping = |line: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", line, "sh"]).arg(&lock).stdout(Stdio::piped());
            let mut child = command.spawn().unwrap();
            // It says when it is there.
            std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut [0u8; 2]).unwrap();
            child
        };
        let mut holder = sleeping("exec 9<\"$1\"; echo x; exec sleep 600");
        let mut bystander = sleeping("echo x; exec sleep 600");
        end(&system);
        assert!(!holder.wait().unwrap().success());
        assert!(bystander.try_wait().unwrap().is_none(), "it has nothing to do with the change");
        bystander.kill().unwrap();
        bystander.wait().unwrap();
    }
}
