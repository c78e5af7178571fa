//! `piton gate run`: starts an agent that the kernel lets write only below some folders (Landlock).
//!
//! Reading and running stay free, and so does the network; what is held is writing, making and
//! deleting files, by this process and everything that it starts, root included. The gate's own folder
//! and the agents' settings stay out of reach unless a folder around them is given.

use super::state;
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::Screen;
use landlock::{
    ABI, AccessFs, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetError, RulesetStatus,
};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What every program needs to write to.
const ALWAYS: &[&str] = &["/tmp", "/var/tmp", "/dev", "/proc/self"];

pub(super) fn run(write: &[PathBuf], dry_run: bool, words: &[String], screen: &Screen) -> Ended {
    let here = std::env::current_dir().map_err(|error| Failure::file("find", Path::new("."), &error))?;
    let own: Vec<PathBuf> = if write.is_empty() { vec![here] } else { write.to_vec() };
    for folder in &own {
        if !folder.is_dir() {
            return Err(Failure::usage(format!("{} is no folder", folder.display()), "name folders that are there"));
        }
        let whole = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.clone());
        if state::folder().starts_with(&whole) {
            let what = format!("{} holds the gate's own folder, which would not be held any more", folder.display());
            return Err(Failure::usage(what, "name a folder below it"));
        }
    }
    let always = ALWAYS.iter().map(PathBuf::from).filter(|path| path.exists());
    let all: Vec<PathBuf> = own.iter().cloned().chain(always).collect();
    let shown: Vec<String> = all.iter().map(|path| path.display().to_string()).collect();
    screen.say(&format!("may write below: {}", shown.join(", ")));
    if dry_run {
        return Ok(Exit::Done);
    }
    hold(&all)?;
    let Some((program, rest)) = words.split_first() else { return Ok(Exit::Done) };
    let error = Command::new(program).args(rest).exec();
    Err(Failure::new(
        Exit::Failed,
        "gate/run",
        format!("cannot start {program}: {error}"),
        "is it installed, and on PATH?",
    ))
}

/// Holds this process, and all that it starts.
fn hold(folders: &[PathBuf]) -> Result<(), Failure> {
    let status = restrict(folders).map_err(|error| {
        let what = format!("the kernel does not hold it: {error}");
        Failure::new(
            Exit::Failed,
            "gate/landlock",
            what,
            "Landlock needs Linux 5.13 with `landlock` among its security modules",
        )
    })?;
    match status {
        RulesetStatus::NotEnforced => Err(Failure::new(
            Exit::Failed,
            "gate/landlock",
            "this kernel has no Landlock, so nothing would be held",
            "use a user of the agent's own instead: `piton gate user`",
        )),
        RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced => Ok(()),
    }
}

fn restrict(folders: &[PathBuf]) -> Result<RulesetStatus, RulesetError> {
    // Sockets and devices are not held by files' rules; the rights to write are those of the third version.
    let writing: BitFlags<AccessFs> = AccessFs::from_write(ABI::V3);
    let mut rules = Ruleset::default().set_compatibility(CompatLevel::BestEffort).handle_access(writing)?.create()?;
    for folder in folders {
        if let Ok(opened) = PathFd::new(folder) {
            rules = rules.add_rule(PathBeneath::new(opened, writing))?;
        }
    }
    Ok(rules.restrict_self()?.ruleset)
}
