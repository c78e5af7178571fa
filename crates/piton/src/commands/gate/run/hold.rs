//! What the kernel is told: which files may be written (Landlock), and what root gives up.
//!
//! Landlock knows files and folders by what they are, not by name, and holds a process and all that it starts; nothing
//! inside can take it off. It holds opening, making, renaming and deleting. What would get around it is given up:
//! device nodes are neither made nor opened, but for those that every program needs, and root leaves behind
//! what reaches the disk, the kernel or other terminals without a file. Not held is asking somebody else:
//! a daemon behind a socket (Docker's, systemd's) does what it is told, and not as one of the held.

use crate::exit::Exit;
use crate::failure::Failure;
use landlock::{
    ABI, AccessFs, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetError, RulesetStatus, Scope,
};
use rustix::thread::{CapabilitySet, capabilities, remove_capability_from_bounding_set, set_capabilities};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

/// Folders in which every program makes files of its own.
const ALWAYS: &[&str] = &["/tmp", "/var/tmp", "/dev/shm"];

/// The devices that programs need: to throw away, to get bytes from, and to speak to their own terminal.
const DEVICES: &[&str] =
    &["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/ptmx", "/dev/pts"];

/// What root can do past all rules about files: make a device, speak to a disk or to the kernel, load code into it,
/// mount, look into other processes, type into other terminals, restart the machine.
const GIVEN_UP: &[CapabilitySet] = &[
    CapabilitySet::SYS_ADMIN,
    CapabilitySet::SYS_MODULE,
    CapabilitySet::SYS_RAWIO,
    CapabilitySet::SYS_PTRACE,
    CapabilitySet::SYS_BOOT,
    CapabilitySet::MKNOD,
    CapabilitySet::BPF,
    CapabilitySet::PERFMON,
    CapabilitySet::MAC_ADMIN,
    CapabilitySet::MAC_OVERRIDE,
];

/// What may be written.
#[derive(Debug)]
pub(super) struct May {
    given: Vec<PathBuf>,
    always: Vec<PathBuf>,
    devices: Vec<PathBuf>,
}

impl May {
    /// What was given, and what every program needs.
    pub(super) fn below(given: Vec<PathBuf>) -> May {
        let there = |names: &[&str]| names.iter().filter_map(|name| std::fs::canonicalize(name).ok()).collect();
        May { given, always: there(ALWAYS), devices: there(DEVICES) }
    }

    /// Everything that may be written as a whole.
    pub(super) fn folders(&self) -> impl Iterator<Item = &Path> {
        self.given.iter().chain(&self.always).map(PathBuf::as_path)
    }

    pub(super) fn shown(&self) -> String {
        self.folders().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
    }
}

/// Starts a program that is held, and gives its number.
pub(super) fn start(
    may: &May,
    program: &str,
    arguments: &[String],
    told: &[(&str, PathBuf)],
    keeper: &Path,
) -> Result<u32, Failure> {
    let mut command = Command::new(program);
    command.args(arguments).envs(told.iter().map(|(name, value)| (name, value))).env(super::keeper::NAME, keeper);
    // Landlock holds the thread that asks for it, and what is started from there: this one thread and no other.
    let started = thread::scope(|scope| {
        let held = scope.spawn(|| {
            give_up().map_err(|error| not_held(&format!("what root must give up, it keeps: {error}")))?;
            match restrict(may) {
                Ok(RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced) => {}
                Ok(RulesetStatus::NotEnforced) => return Err(no_landlock()),
                Err(error) => return Err(not_held(&format!("the kernel does not hold it: {error}"))),
            }
            command.spawn().map(|child| child.id()).map_err(|error| {
                let what = format!("cannot start {program}: {error}");
                Failure::new(Exit::Failed, "gate/run", what, "is it installed, and on PATH?")
            })
        });
        held.join()
    });
    started.unwrap_or_else(|_| Err(not_held("the thread that starts it has ended")))
}

fn not_held(what: &str) -> Failure {
    Failure::new(
        Exit::Failed,
        "gate/landlock",
        what,
        "Landlock needs Linux 5.13 with `landlock` among its security modules",
    )
}

fn no_landlock() -> Failure {
    Failure::new(
        Exit::Failed,
        "gate/landlock",
        "this kernel has no Landlock, so nothing would be held",
        "use a user of the agent's own instead: `piton gate user`",
    )
}

/// Root leaves behind what [`GIVEN_UP`] names, for good; anybody else has none of it.
fn give_up() -> rustix::io::Result<()> {
    let mut has = capabilities(None)?;
    if has.permitted.is_empty() {
        return Ok(());
    }
    for capability in GIVEN_UP {
        match remove_capability_from_bounding_set(*capability) {
            // A kernel that does not know it cannot give it either.
            Ok(()) | Err(rustix::io::Errno::INVAL) => {}
            Err(error) => return Err(error),
        }
        has.permitted.remove(*capability);
        has.effective.remove(*capability);
        has.inheritable.remove(*capability);
    }
    set_capabilities(None, has)
}

/// Each right is asked for as far as the kernel knows it; the oldest Landlock holds writing, making and deleting.
fn restrict(may: &May) -> Result<RulesetStatus, RulesetError> {
    let writing: BitFlags<AccessFs> = AccessFs::from_write(ABI::V5);
    let in_folders = writing & !(AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::IoctlDev);
    let on_devices: BitFlags<AccessFs> = AccessFs::WriteFile | AccessFs::Truncate | AccessFs::IoctlDev;
    let in_files: BitFlags<AccessFs> = AccessFs::WriteFile | AccessFs::Truncate;
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(writing)?
        // Nobody outside is stopped by a signal from inside; least of all who keeps the log.
        .scope(Scope::Signal)?
        .create()?;
    let folders = may.folders().map(|path| (path, if path.is_dir() { in_folders } else { in_files }));
    for (path, rights) in folders.chain(may.devices.iter().map(|path| (path.as_path(), on_devices))) {
        if let Ok(opened) = PathFd::new(path) {
            rules = rules.add_rule(PathBeneath::new(opened, rights))?;
        }
    }
    Ok(rules.restrict_self()?.ruleset)
}
