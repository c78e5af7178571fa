//! One change at a time: kernel locks, held by the processes that do the change.
//!
//! Two of them, because a change goes from one session to the next while others look on. The
//! *turn* is held by the one session that works. The *change* is held, shared, by every session
//! that has to do with the open change, also by the one that gave its turn up and stays as the way
//! back. It is taken and given only by whoever has the turn; so when a newcomer has the turn and
//! can have the change alone, nobody is left who could go on with what the journal may show as
//! open.
//!
//! The kernel drops both when a process dies, however it dies, so they cannot go stale. The file's
//! content only says who holds it; it means nothing while the lock is free.
//!
//! The programs that a session runs inherit its turn. When the session is killed, whatever it had
//! started (apt, say) goes on for a while; until that has ended, too, nobody else may begin.

mod leftover;

use crate::journal::now;
use crate::own;
use crate::system::{Fault, FaultCode, System};
use crate::wire::Holder;
use rustix::fs::{FlockOperation, flock};
use rustix::io::{Errno, FdFlags, fcntl_setfd};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

const TURN: &str = "/var/lib/piton/lock";
pub(crate) const CHANGE: &str = "/var/lib/piton/lock.change";

/// Who looks on takes the turn for an instant; nobody is to be turned away for that.
const INSTANT: Duration = Duration::from_secs(1);

/// flock can wait by itself, but not stop waiting when the operator is gone.
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// This session works on the open change, as long as this lives.
pub struct Turn {
    file: File,
}

impl Turn {
    fn of(file: File) -> Result<Turn, Fault> {
        let inherited = fcntl_setfd(&file, FdFlags::empty());
        inherited.map_err(|error| Fault::new(FaultCode::FileSystem, "cannot hold a lock").because(error))?;
        Ok(Turn { file })
    }

    /// Not for the programs that this session runs: whoever puts back ends them by another way.
    pub fn to_itself(self) -> Result<Turn, Fault> {
        let kept = fcntl_setfd(&self.file, FdFlags::CLOEXEC);
        kept.map_err(|error| Fault::new(FaultCode::FileSystem, "cannot hold a lock").because(error))?;
        Ok(self)
    }
}

impl Drop for Turn {
    /// Given up by whoever has it, it is free at once, also where a daemon has inherited the file.
    fn drop(&mut self) {
        let _ = flock(&self.file, FlockOperation::Unlock);
    }
}

/// This session has to do with the open change, as long as this lives.
pub struct Share {
    file: File,
}

/// Both, and nobody else had either.
pub struct Begun {
    pub turn: Turn,
    pub share: Share,
}

pub enum Taken<T> {
    Mine(T),
    Theirs(Holder),
}

/// Whether a process's open file is this one, also after somebody took its name away.
pub(crate) fn is_open_at(target: &Path, file: &Path) -> bool {
    let mut gone = file.as_os_str().to_owned();
    gone.push(" (deleted)");
    target == file || target.as_os_str() == gone
}

/// Takes the turn for a new change, or says who is at it. With `wait`, waits until it is free or
/// `gone` says that nobody waits any more.
pub fn begin(system: &System, who: (&str, &str), wait: bool, gone: &dyn Fn() -> bool) -> Result<Taken<Begun>, Fault> {
    let started = Instant::now();
    loop {
        if let Some(begun) = try_begin(system)? {
            let mut turn = begun.turn;
            write_holder(&system.path(TURN), &mut turn, who)?;
            // Whoever wants the change needs the turn first, so nobody gets in between.
            lock(&begun.share.file, FlockOperation::NonBlockingLockShared, system.path(CHANGE))?;
            return Ok(Taken::Mine(Begun { turn, share: begun.share }));
        }
        if gone() || (!wait && started.elapsed() > INSTANT) {
            return Ok(Taken::Theirs(holder(&mut open(system, TURN)?)));
        }
        sleep(BETWEEN_TRIES);
    }
}

/// Takes the turn if nobody at all has to do with a change right now.
pub fn try_begin(system: &System) -> Result<Option<Begun>, Fault> {
    let turn = open(system, TURN)?;
    if !lock(&turn, FlockOperation::NonBlockingLockExclusive, system.path(TURN))? {
        return Ok(None);
    }
    let turn = Turn::of(turn)?;
    let share = open(system, CHANGE)?;
    let alone = lock(&share, FlockOperation::NonBlockingLockExclusive, system.path(CHANGE))?;
    Ok(alone.then_some(Begun { turn, share: Share { file: share } }))
}

/// Takes the turn in a change that is open already. `patience`: how long somebody else may still
/// work on it.
pub fn resume(system: &System, patience: Duration) -> Result<Taken<(Turn, Share)>, Fault> {
    let started = Instant::now();
    let turn = open(system, TURN)?;
    while !lock(&turn, FlockOperation::NonBlockingLockExclusive, system.path(TURN))? {
        if started.elapsed() > patience.max(INSTANT) {
            return Ok(Taken::Theirs(holder(&mut open(system, TURN)?)));
        }
        sleep(BETWEEN_TRIES);
    }
    let turn = Turn::of(turn)?;
    let share = open(system, CHANGE)?;
    match lock(&share, FlockOperation::NonBlockingLockShared, system.path(CHANGE))? {
        true => Ok(Taken::Mine((turn, Share { file: share }))),
        // The guard has the change for itself, and is about to ask for the turn.
        false => Ok(Taken::Theirs(holder(&mut open(system, TURN)?))),
    }
}

/// The guard's wait until nobody else has to do with a change.
///
/// The change comes first here, since waiting with the turn would keep away those who are at work.
/// Nobody waits for the change with the turn in hand, so the two orders cannot block each other. Both
/// files are opened at the beginning: a change may take the folder away in which they are.
pub struct Waiting {
    share: File,
    turn: File,
    /// Where they were.
    places: [PathBuf; 2],
}

impl Waiting {
    pub fn begin(system: &System) -> Result<Waiting, Fault> {
        let (share, turn) = (open(system, CHANGE)?, open(system, TURN)?);
        Ok(Waiting { share, turn, places: [CHANGE, TURN].map(|path| system.path(path)) })
    }

    /// For as long as it takes.
    pub fn wait(self, who: (&str, &str)) -> Result<Begun, Fault> {
        let [change, place] = &self.places;
        wait_for(&self.share, change)?;
        wait_for_turn(&self.turn, place)?;
        let mut turn = Turn::of(self.turn)?;
        write_holder(place, &mut turn, who)?;
        Ok(Begun { turn, share: Share { file: self.share } })
    }
}

/// Whoever waits for the turn has the change alone, so what holds it is what a killed session left.
/// It may end by itself, and then is ended: a program that hangs must not keep a host as it is.
fn wait_for_turn(turn: &File, place: &Path) -> Result<(), Fault> {
    let started = Instant::now();
    while !lock(turn, FlockOperation::NonBlockingLockExclusive, place.to_owned())? {
        if let Some(signal) = leftover::signal_after(started.elapsed()) {
            leftover::end(place, signal);
        }
        sleep(BETWEEN_TRIES);
    }
    Ok(())
}

fn wait_for(file: &File, path: &Path) -> Result<(), Fault> {
    loop {
        match flock(file, FlockOperation::LockExclusive) {
            Err(Errno::INTR) => {}
            other => return other.map_err(|error| Fault::file("cannot lock", path, error)),
        }
    }
}

/// Waits until no change is open any more, or `gone`, or patience has run out; says whether none is.
pub fn await_end(system: &System, patience: Duration, gone: &dyn Fn() -> bool) -> Result<bool, Fault> {
    let started = Instant::now();
    while started.elapsed() <= patience && !gone() {
        if try_begin(system)?.is_some() {
            return Ok(true);
        }
        sleep(BETWEEN_TRIES);
    }
    Ok(false)
}

fn open(system: &System, path: &str) -> Result<File, Fault> {
    let path = system.path(path);
    let mut options = OpenOptions::new();
    let file = options.create(true).truncate(false).read(true).write(true).mode(0o600).open(&path);
    file.map_err(|error| Fault::file("cannot open", &path, error))
}

/// Whether the lock could be had at once.
fn lock(file: &File, how: FlockOperation, path: PathBuf) -> Result<bool, Fault> {
    match flock(file, how) {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(Fault::file("cannot lock", &path, error)),
    }
}

fn write_holder(place: &Path, turn: &mut Turn, (operator, reason): (&str, &str)) -> Result<(), Fault> {
    let mine =
        Holder { operator: operator.into(), reason: reason.into(), pid: std::process::id(), since: now(), age: 0 };
    let text = own::json(&mine)?;
    let file = &mut turn.file;
    let written = file.set_len(0).and_then(|()| file.seek(SeekFrom::Start(0))).and_then(|_| file.write_all(&text));
    written.map_err(|error| Fault::file("cannot write", place, error))
}

fn holder(file: &mut File) -> Holder {
    let mut text = String::new();
    let unknown = Holder { operator: "someone".into(), reason: "unknown".into(), pid: 0, since: 0, age: 0 };
    if file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_string(&mut text)).is_err() {
        return unknown;
    }
    let holder: Holder = serde_json::from_str(&text).unwrap_or(unknown);
    Holder { age: now().saturating_sub(holder.since), ..holder }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn system() -> (tempfile::TempDir, System) {
        let folder = tempfile::tempdir().unwrap();
        let system = System::at(folder.path());
        own::make_folder(&system, own::FOLDER).unwrap();
        (folder, system)
    }

    fn mine<T>(taken: Taken<T>) -> T {
        match taken {
            Taken::Mine(it) => it,
            Taken::Theirs(holder) => panic!("held by {}", holder.operator),
        }
    }

    // flock is per open file, so a second opening in the same process is a second taker.

    #[test]
    fn a_held_lock_names_its_holder_and_a_dropped_one_is_free() {
        let (_folder, system) = system();
        let begun = mine(begin(&system, ("ana@desk", "apply 7c1e"), false, &|| false).unwrap());
        match begin(&system, ("ben@desk", "apply 19ab"), false, &|| false).unwrap() {
            Taken::Theirs(holder) => assert_eq!((&*holder.operator, &*holder.reason), ("ana@desk", "apply 7c1e")),
            Taken::Mine(_) => panic!("two holders"),
        }
        drop(begun);
        mine(begin(&system, ("ben@desk", "apply 19ab"), false, &|| false).unwrap());
    }

    #[test]
    fn a_turn_that_was_given_up_goes_to_the_same_change_only() {
        let (_folder, system) = system();
        let Begun { turn, share } = mine(begin(&system, ("ana@desk", "apply"), false, &|| false).unwrap());
        drop(turn);
        assert!(try_begin(&system).unwrap().is_none(), "somebody still has to do with the change");
        let (turn, second) = mine(resume(&system, Duration::ZERO).unwrap());
        drop(share);
        drop(turn);
        assert!(try_begin(&system).unwrap().is_none(), "the second session has");
        drop(second);
        assert!(try_begin(&system).unwrap().is_some());
    }

    #[test]
    fn what_a_killed_session_had_started_keeps_its_turn_until_it_ends() {
        let (_folder, system) = system();
        let Begun { turn, share } = mine(begin(&system, ("ana@desk", "apply"), false, &|| false).unwrap());
        let mut program = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        // What the kernel does with a killed process: closes its files, and gives nothing up.
        let mut turn = std::mem::ManuallyDrop::new(turn);
        turn.file = File::open("/dev/null").unwrap();
        drop(share);
        let held = try_begin(&system).unwrap().is_none();
        program.kill().unwrap();
        program.wait().unwrap();
        assert!(held, "the program still worked on the host");
        // Waits, since programs of other tests may have inherited it meanwhile.
        mine(begin(&system, ("ben@desk", "apply"), true, &|| false).unwrap());
    }

    #[test]
    fn a_turn_that_is_given_up_is_free_whoever_inherited_it() {
        let (_folder, system) = system();
        let begun = mine(begin(&system, ("ana@desk", "apply"), false, &|| false).unwrap());
        let mut daemon = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        drop(begun);
        // Programs of other tests may have the files for an instant; the daemon has them for long.
        let started = Instant::now();
        let gone = || started.elapsed() > Duration::from_secs(20);
        let taken = begin(&system, ("ben@desk", "apply"), true, &gone).unwrap();
        daemon.kill().unwrap();
        daemon.wait().unwrap();
        mine(taken);
    }

    #[test]
    fn who_waits_for_a_lock_stops_when_nobody_is_there_any_more() {
        let (_folder, system) = system();
        let _begun = mine(begin(&system, ("ana@desk", "apply"), false, &|| false).unwrap());
        assert!(matches!(begin(&system, ("ben@desk", "apply"), true, &|| true).unwrap(), Taken::Theirs(_)));
    }
}
