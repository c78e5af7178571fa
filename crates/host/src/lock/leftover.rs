//! What a killed session had started and what goes on without it: programs that have inherited the
//! turn. Found by that open file, since nobody is left who would know their numbers.

use crate::own;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long they may take to end by themselves: apt killed midway leaves a mess.
const MAY_TAKE: Duration = Duration::from_secs(30);

/// How long they may take once they were told to end.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// What to tell them after having waited so long.
pub(super) fn signal_after(waited: Duration) -> Option<Signal> {
    match waited {
        waited if waited > MAY_TAKE + LAST_WORDS => Some(Signal::KILL),
        waited if waited > MAY_TAKE => Some(Signal::TERM),
        _ => None,
    }
}

/// Signals every program that has inherited the turn, with what it started in its group.
pub(super) fn end(turn: &Path, signal: Signal) {
    let own = group(Path::new("/proc/self"));
    for (process, folder) in holders(turn) {
        // One that has ended meanwhile needs no signal.
        let _ = match group(&folder).filter(|group| Some(*group) != own) {
            Some(group) => kill_process_group(group, signal),
            None => kill_process(process, signal),
        };
    }
}

/// The group of a process, if this host can name it: the leader of one that was started from outside
/// (a console, a container's exec) has no number here, and the kernel says 0.
fn group(folder: &Path) -> Option<Pid> {
    let stat = fs::read_to_string(folder.join("stat")).ok()?;
    // Its name comes before, in parentheses, and may hold anything.
    let (_, fields) = stat.rsplit_once(')')?;
    Pid::from_raw(fields.split_whitespace().nth(2)?.parse().ok()?)
}

/// The processes that have the turn's file open and are no session: one that looks on has it, too,
/// for an instant.
fn holders(turn: &Path) -> Vec<(Pid, PathBuf)> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let holds = |folder: &PathBuf| {
        let files = fs::read_dir(folder.join("fd")).into_iter().flatten().flatten();
        files.filter_map(|file| fs::read_link(file.path()).ok()).any(|file| super::is_open_at(&file, turn))
    };
    let processes = entries.map(|entry| entry.path()).filter(|folder| !is_session(folder) && holds(folder));
    let numbered = |folder: PathBuf| Some((Pid::from_raw(folder.file_name()?.to_str()?.parse().ok()?)?, folder));
    processes.filter_map(numbered).collect()
}

fn is_session(folder: &Path) -> bool {
    let own = fs::read_link("/proc/self/exe").ok();
    let halves = Path::new(own::FOLDER).join("bin");
    let program = fs::read_link(folder.join("exe")).ok();
    program.is_some_and(|program| program.starts_with(halves) || Some(program) == own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::os::unix::process::CommandExt;
    use std::process::{Command, Stdio};

    #[test]
    fn what_holds_the_turn_is_found_by_that_and_ended_with_what_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let turn = folder.path().join("lock");
        let file = fs::File::create(&turn).unwrap();
        let mut program = Command::new("sh");
        program.args(["-c", "sleep 60; true"]).stdin(Stdio::from(file)).stdout(Stdio::piped()).process_group(0);
        let mut program = program.spawn().unwrap();
        assert_eq!(signal_after(Duration::from_secs(1)), None, "it may end by itself");
        end(&turn, Signal::TERM);
        assert!(!program.wait().unwrap().success());
        // Closed when the last of the group has let go of everything.
        program.stdout.take().unwrap().read_to_end(&mut Vec::new()).unwrap();
        assert_eq!(holders(&turn), []);
    }
    #[test]
    fn a_program_without_a_group_of_its_own_is_ended_alone() {
        let folder = tempfile::tempdir().unwrap();
        let turn = folder.path().join("lock");
        let file = fs::File::create(&turn).unwrap();
        // It is in the group of the tests, which must live on.
        let mut program = Command::new("sleep").arg("60").stdin(Stdio::from(file)).spawn().unwrap();
        assert_eq!(group(Path::new(&format!("/proc/{}", program.id()))), group(Path::new("/proc/self")));
        end(&turn, Signal::TERM);
        assert!(!program.wait().unwrap().success());
    }

    #[test]
    fn a_group_whose_leader_is_outside_has_no_number() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("stat"), "7 (a) b) S 1 0 0 0 -1").unwrap();
        assert_eq!(group(folder.path()), None);
        fs::write(folder.path().join("stat"), "7 (a) b) S 1 42 0 0 -1").unwrap();
        assert_eq!(group(folder.path()), Pid::from_raw(42));
    }
}
