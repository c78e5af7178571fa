//! The out-of-band console: a program run inside a host without its network, its sshd or its login.
//!
//! This is how a rehearsal is judged when the host's firewall has locked ssh out.

use std::process::Command;

/// Returns the command that runs `argv` inside the container whose first process is `leader`.
pub(crate) fn command(leader: u32, argv: &[&str]) -> Command {
    let mut nsenter = Command::new("nsenter");
    nsenter
        .env_clear()
        .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        .env("HOME", "/root")
        .env("USER", "root")
        .env("LOGNAME", "root")
        .env("SHELL", "/bin/bash")
        .env("LANG", "C.UTF-8")
        .env("TERM", "xterm")
        .arg(format!("--target={leader}"))
        // Its root as well: where this machine is itself a chroot, the host's mounts begin above it.
        .args(["--root", "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup"])
        .args(["--wdns=/root", "--"])
        .args(argv);
    nsenter
}
