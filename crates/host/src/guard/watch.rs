//! The guard's own process: waits until a change is nobody's or overdue, and puts it back.
//!
//! It is in memory from the start, so that putting back needs no program to be loaded from a disk
//! that may be in a bad way, and it holds the change ([`Held`]), which may take its own folder away.
//! The lock tells it at once when a session died, however it died; the deadline is for sessions that
//! live and do nothing.

use super::armed::Armed;
use super::{deadline, disarm, holders, notify, rearm};
use crate::journal::{self, Change, Held, Journal};
use crate::lock::{self, Begun};
use crate::own;
use crate::system::{Fault, FaultCode, System};
use crate::undo::{self, Ending};
use crate::wire::Outcome;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// How often a change that could not be put back whole is tried again before a person must look.
const TRIES: u32 = 5;

/// As whom it has the lock, and what for.
const WHO: (&str, &str) = ("the guard", "putting back what nobody confirmed");

/// Between two tries: what stood in the way may be a service that is just starting.
const BETWEEN_TRIES: Duration = Duration::from_secs(5);

/// Watches over the change that is armed, if there is one, until it has ended.
pub fn watch(system: &System) -> Result<(), Fault> {
    let Some(armed) = Armed::read(system)? else { return Ok(()) };
    // One whose log cannot be opened is still put back from what can be read when its time has come.
    let held = open_change(system, &armed)?.and_then(|change| Held::of(system, change).ok());
    let locks = wait_in_thread(lock::Waiting::begin(system)?);
    notify::ready();
    let locks = await_turn(system, &locks)?;
    if is_going_down(system) {
        // Units cannot be started or stopped now. The next boot puts it back.
        return Ok(());
    }
    if let Some(change) = of_journal(system, &armed)? {
        return match change.outcome() {
            Outcome::Open => put_back(system, change, locks),
            _ => disarm(system),
        };
    }
    match held {
        Some(held) => put_back_lost(system, held, locks),
        None => disarm(system),
    }
}

/// Puts a change back that nobody finds any more but the guard.
fn put_back_lost(system: &System, mut held: Held, locks: Begun) -> Result<(), Fault> {
    if held.change()?.outcome() != Outcome::Open {
        return disarm(system);
    }
    own::make_folder(system, own::FOLDER)?;
    // Who finds the change there again shall find it locked.
    let _again = lock::begin(system, WHO, true, &|| false)?;
    let change = held.write_again(system)?;
    // Should the power fail now, the next boot goes on with it.
    rearm(system, &change)?;
    put_back(system, change, locks)
}

/// Asks the kernel for the change's locks; it answers when nobody else has them any more.
fn wait_in_thread(waiting: lock::Waiting) -> Receiver<Result<Begun, Fault>> {
    let (sender, receiver) = channel();
    thread::spawn(move || sender.send(waiting.wait(WHO)));
    receiver
}

fn await_turn(system: &System, locks: &Receiver<Result<Begun, Fault>>) -> Result<Begun, Fault> {
    loop {
        let left = deadline::left(system);
        if left.is_zero() {
            holders::end(system);
        }
        // After ending them the lock is there in a moment; if somebody new came, their time is short too.
        match locks.recv_timeout(left.max(Duration::from_secs(1))) {
            Ok(locks) => return locks,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Fault::new(FaultCode::Unsupported, "the guard cannot wait for the change's lock"));
            }
        }
    }
}

fn is_going_down(system: &System) -> bool {
    // It answers with a status of its own for every state but one; only the word counts.
    system.run(&["systemctl", "is-system-running"]).is_ok_and(|ran| ran.stdout.trim() == "stopping")
}

/// The armed change, if it still is open.
fn open_change(system: &System, armed: &Armed) -> Result<Option<Change>, Fault> {
    Ok(of_journal(system, armed)?.filter(|change| change.outcome() == Outcome::Open))
}

fn of_journal(system: &System, armed: &Armed) -> Result<Option<Change>, Fault> {
    Ok(journal::latest(system)?.filter(|change| Armed::of(change) == *armed))
}

fn put_back(system: &System, mut change: Change, _locks: Begun) -> Result<(), Fault> {
    let mut journal = Journal::resume(system, &change)?;
    let because = Fault::new(FaultCode::OperatorGone, "nobody confirmed the change, so the guard put it back");
    let mut tries = 1;
    loop {
        let undone = undo::put_back(system, &mut change, &mut journal, &because, &mut |_| {});
        let last = tries >= TRIES;
        let ending = if last { Ending::Final } else { Ending::MayTryAgain };
        undo::close(system, &mut change, &mut journal, &undone, ending)?;
        match undone {
            Ok(()) => return Ok(()),
            // Ended as interrupted: the next plan starts from what is there, and says so.
            Err(fault) if last => return Err(fault),
            Err(_) => thread::sleep(BETWEEN_TRIES),
        }
        tries += 1;
    }
}
