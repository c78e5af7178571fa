//! What the machine must have before it can carry a lab.
//!
//! The lab checks and names what is missing; it installs packages only when asked to.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::command;
use crate::error::LabError;
use crate::event::Event;
use crate::{Progress, cgroup, image};

/// A program or file the lab uses, and the Debian or Ubuntu package that has it.
const NEEDED_PROGRAMS: [(&str, &str); 9] = [
    ("systemd-nspawn", "systemd-container"),
    ("mmdebstrap", "mmdebstrap"),
    ("ip", "iproute2"),
    ("nft", "nftables"),
    ("ssh-keygen", "openssh-client"),
    ("nsenter", "util-linux"),
    ("setpriv", "util-linux"),
    ("unshare", "util-linux"),
    ("apt-get", "apt"),
];

/// Lists the packages that the lab needs and that are not there.
pub(crate) fn missing_packages() -> Vec<&'static str> {
    let mut missing: Vec<&str> = NEEDED_PROGRAMS
        .into_iter()
        .filter(|(program, _)| !command::is_installed(program))
        .map(|(_, package)| package)
        .collect();
    if !Path::new(image::DEBIAN_KEYRING).exists() {
        missing.push("debian-archive-keyring");
    }
    missing.dedup();
    missing
}

/// Installs what is missing with the machine's own apt.
pub(crate) fn install_packages(progress: &Progress<'_>) -> Result<(), LabError> {
    check_root()?;
    let missing = missing_packages();
    if missing.is_empty() {
        return Ok(());
    }
    if !command::is_installed("apt-get") {
        return Err(LabError::UnusableMachine(
            "it has no apt; the lab builds its images on Debian or Ubuntu".to_owned(),
        ));
    }
    progress(Event::InstallingPackages { packages: missing.clone() });
    command::run("refreshing the package lists", apt_get().args(["-q", "update"]))?;
    command::run(
        &format!("installing {}", missing.join(", ")),
        apt_get().args(["-q", "-y", "--no-install-recommends", "install"]).args(&missing),
    )?;
    Ok(())
}

fn apt_get() -> Command {
    let mut apt_get = Command::new("apt-get");
    apt_get.env("DEBIAN_FRONTEND", "noninteractive").args(["-o", "DPkg::Lock::Timeout=300"]);
    apt_get
}

/// Says why the lab cannot work here, if so.
pub(crate) fn check() -> Result<(), LabError> {
    check_root()?;
    let missing = missing_packages();
    if !missing.is_empty() {
        return Err(LabError::MissingPackages(missing));
    }
    cgroup::check()
}

/// How many files of all root's processes together the kernel watches at most. A host that runs systemd, Docker and
/// WireGuard takes about ten; without any left, wireguard-go dies with no word of the cause.
const WATCHERS: &str = "/proc/sys/fs/inotify/max_user_instances";
const WATCHERS_A_HOST: usize = 12;

/// Says that the machine cannot take so many more hosts, if so.
pub(crate) fn check_room(more_hosts: usize) -> Result<(), LabError> {
    let Some(limit) = fs::read_to_string(WATCHERS).ok().and_then(|text| text.trim().parse::<usize>().ok()) else {
        return Ok(());
    };
    let needed = watchers_in_use() + more_hosts * WATCHERS_A_HOST;
    if needed <= limit {
        return Ok(());
    }
    Err(LabError::UnusableMachine(format!(
        "{more_hosts} more hosts need {needed} of root's file watchers, and the kernel allows {limit}; \
         allow more with `sysctl fs.inotify.max_user_instances={}`",
        needed.next_power_of_two()
    )))
}

fn watchers_in_use() -> usize {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let files = processes.flat_map(|process| fs::read_dir(process.path().join("fd")).into_iter().flatten().flatten());
    files.filter(|file| fs::read_link(file.path()).is_ok_and(|target| target.ends_with("anon_inode:inotify"))).count()
}

pub(crate) fn check_root() -> Result<(), LabError> {
    if !cfg!(target_os = "linux") {
        return Err(LabError::NotLinux);
    }
    if !rustix::process::geteuid().is_root() {
        return Err(LabError::NotRoot);
    }
    Ok(())
}
