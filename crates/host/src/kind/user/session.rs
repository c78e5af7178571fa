//! Whether a user whom the system calls busy is no more than logged in.
//!
//! The session by which piton came in may be that of the very user who leaves. It ends by itself;
//! anything else that a user runs may be somebody's work, and is named instead. Asked of the
//! kernel, like [`super::super::sshd`]'s ports, and never ended from here.

use crate::system::System;
use std::fs;
use std::path::Path;

/// What sshd, PAM and sudo start for whoever logs in, and the shells that they start it with.
const LOGIN: [&str; 8] = ["sshd", "sshd-session", "systemd", "(sd-pam)", "sudo", "sh", "bash", "dbus-daemon"];

/// What a user runs at one moment.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Running {
    /// Nothing that can be seen; a process of its subordinate ids is not looked for.
    Nothing,
    OnlyLogin,
    /// The first process that belongs to no login.
    Work {
        name: String,
        process: u32,
    },
}

pub(super) fn running(system: &System, uid: u32) -> Running {
    let folders = fs::read_dir(system.path("/proc")).into_iter().flatten().flatten();
    let numbers = folders.filter_map(|folder| folder.file_name().to_str()?.parse::<u32>().ok());
    let mut found = Running::Nothing;
    for process in numbers {
        match name_if_of(&system.path(&format!("/proc/{process}/status")), uid) {
            Some(name) if LOGIN.contains(&name.as_str()) => found = Running::OnlyLogin,
            Some(name) => return Running::Work { name, process },
            None => {}
        }
    }
    found
}

/// The name of a process, if any of its user ids is this one. Its folder's owner says less: of an
/// sshd that serves a user, that is root.
fn name_if_of(status: &Path, uid: u32) -> Option<String> {
    // A process that ended meanwhile has no status any more.
    let text = fs::read(status).ok()?;
    let text = String::from_utf8_lossy(&text);
    let field = |key: &str| text.lines().find_map(|line| line.strip_prefix(key));
    let mut ids = field("Uid:")?.split_whitespace();
    ids.any(|id| id.parse() == Ok(uid)).then(|| field("Name:").unwrap_or_default().trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::Host;
    use super::*;

    fn host(processes: &[(u32, &str, &str)]) -> Host {
        let host = Host::new();
        host.write("/proc/uptime", "1.0 1.0\n");
        for (process, name, ids) in processes {
            let text = format!("Name:\t{name}\nUmask:\t0022\nState:\tS (sleeping)\nUid:\t{ids}\nGid:\t{ids}\n");
            host.write(&format!("/proc/{process}/status"), &text);
        }
        host
    }

    #[test]
    fn a_login_with_all_that_comes_with_it_is_no_work() {
        let one = "1001\t1001\t1001\t1001";
        let login: Vec<_> = LOGIN.iter().zip(10..).map(|(name, process)| (process, *name, one)).collect();
        assert_eq!(running(&host(&login).system, 1001), Running::OnlyLogin);
    }

    #[test]
    fn one_process_besides_the_login_is_named() {
        let one = "1001\t1001\t1001\t1001";
        let host = host(&[(10, "sshd", one), (11, "rsync", one), (12, "bash", one)]);
        assert_eq!(running(&host.system, 1001), Running::Work { name: "rsync".into(), process: 11 });
    }

    #[test]
    fn a_process_that_only_came_from_a_user_is_of_that_user_too() {
        let host = host(&[(10, "helper", "1001\t0\t0\t0")]);
        assert_eq!(running(&host.system, 1001), Running::Work { name: "helper".into(), process: 10 });
    }

    #[test]
    fn what_others_run_is_nothing_to_this_user() {
        let host = host(&[(1, "systemd", "0\t0\t0\t0"), (10, "rsync", "1002\t1002\t1002\t1002")]);
        assert_eq!(running(&host.system, 1001), Running::Nothing);
    }
}
