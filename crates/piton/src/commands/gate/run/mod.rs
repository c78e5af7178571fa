//! `piton gate run`: starts an agent that the kernel lets write only below some folders.
//!
//! Two processes. The agent, and all that it starts, is held (`hold.rs`): reading, running and the network stay free,
//! writing does not, root included. This process stays outside of that, and judges what the agent's hook asks
//! (`keeper.rs`): so the log and the approvals are written from outside only, and whoever is inside can neither change
//! what was logged nor approve anything.

mod agents;
mod hold;
mod keeper;

pub(super) use keeper::ask;

use super::{configure, setting, state};
use crate::arguments::Agent;
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::Screen;
use hold::May;
use keeper::Keeper;
use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_process, waitpid};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

pub(super) fn run(write: &[PathBuf], dry_run: bool, words: &[String], screen: &Screen) -> Ended {
    let here = std::env::current_dir().map_err(|error| Failure::file("find", Path::new("."), &error))?;
    let own: Vec<PathBuf> = if write.is_empty() { vec![here] } else { write.to_vec() };
    let own = own.iter().map(|path| whole(path)).collect::<Result<Vec<_>, _>>()?;
    let home = std::env::var_os("HOME").map(PathBuf::from).and_then(|home| fs::canonicalize(home).ok());
    let program = words.first().map_or("", String::as_str);
    let kept = home.as_deref().map(|home| agents::kept(program, home, !dry_run)).unwrap_or_default();
    let told = home.as_deref().map(|home| agents::told(program, home)).unwrap_or_default();
    let may = May::below([own.clone(), kept.clone()].concat());
    nothing_of_the_gates(&may)?;
    for (agent, file) in settings_within(&own) {
        screen.say(&format!("{} has the settings of {} in reach, and the hook in them", file.display(), agent.name()));
    }
    let what_it_keeps = if kept.is_empty() { String::new() } else { format!("; and what {program} keeps for itself") };
    screen.say(&format!("may write: {}{what_it_keeps}", May::below(own).shown()));
    if dry_run {
        return Ok(Exit::Done);
    }
    let Some((program, arguments)) = words.split_first() else { return Ok(Exit::Done) };
    let keeper = Keeper::open()?;
    // Before the agent is there, so that none is lost; what is started does not inherit it.
    let signals = Signals::new([SIGINT, SIGQUIT, SIGTERM, SIGHUP]);
    let child = hold::start(&may, program, arguments, &told, keeper.path())?;
    let child = Pid::from_raw(child.cast_signed());
    if let (Ok(signals), Some(child)) = (signals, child) {
        pass_on(signals, child);
    }
    Ok(wait(child))
}

/// A path as the kernel has it; it must be there.
fn whole(path: &Path) -> Result<PathBuf, Failure> {
    fs::canonicalize(path).map_err(|error| {
        Failure::usage(format!("{} cannot be written below: {error}", path.display()), "name what is there")
    })
}

/// What is open for writing must not hold, or lie in, where the gate keeps its log, approvals and settings.
fn nothing_of_the_gates(may: &May) -> Result<(), Failure> {
    state::made("").map_err(|error| Failure::file("make", &state::folder(), &error))?;
    let settings = setting::operators_own().and_then(|file| file.parent().map(Path::to_path_buf));
    for own in [Some(state::folder()), settings, Some(PathBuf::from("/etc/piton"))].into_iter().flatten() {
        let own = fs::canonicalize(&own).unwrap_or(own);
        for open in may.folders() {
            if own.starts_with(open) || open.starts_with(&own) {
                let what = format!(
                    "{} may be written below, and the gate's own folder {} would not be held any more",
                    open.display(),
                    own.display()
                );
                return Err(Failure::usage(what, "name folders beside it; below /tmp nothing can be held"));
            }
        }
    }
    Ok(())
}

/// Agents' settings that the agent could write itself.
fn settings_within(own: &[PathBuf]) -> Vec<(Agent, PathBuf)> {
    let settings = Agent::ALL.into_iter().map(|agent| (agent, configure::file_of(agent)));
    let settings = settings.map(|(agent, file)| (agent, fs::canonicalize(&file).unwrap_or(file)));
    settings
        .filter_map(|(agent, file)| own.iter().find(|open| file.starts_with(open)).map(|open| (agent, open.clone())))
        .collect()
}

/// The terminal gives its own signals to both; the others are for the agent. This process stays for as long as it does.
fn pass_on(mut signals: Signals, child: Pid) {
    thread::spawn(move || {
        for signal in signals.forever() {
            let given = match signal {
                SIGTERM => Signal::TERM,
                SIGHUP => Signal::HUP,
                _ => continue,
            };
            // It may be gone already.
            let _ = kill_process(child, given);
        }
    });
}

/// Waits, and stops and goes on with it, so that the shell's own `fg` and `bg` work.
fn wait(child: Option<Pid>) -> Exit {
    loop {
        match waitpid(child, WaitOptions::UNTRACED) {
            Ok(Some((_, status))) if status.stopped() => {
                let _ = kill_process(getpid(), Signal::STOP);
                if let Some(child) = child {
                    let _ = kill_process(child, Signal::CONT);
                }
            }
            Ok(Some((_, status))) => {
                let code = status.exit_status().or_else(|| status.terminating_signal().map(|signal| 128 + signal));
                return Exit::of_command(code);
            }
            Ok(None) | Err(rustix::io::Errno::INTR) => {}
            // Nothing else waits for it, so it cannot be gone unseen.
            Err(_) => return Exit::Unknown,
        }
    }
}
