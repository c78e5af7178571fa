//! Putting an open change back: one way for a session, for the guard, and for whoever finds a
//! change whose process died.
//!
//! Can be cut off anywhere and begun again, by another of the three: what is back is noted, and
//! what is back but not noted is put back once more, which does no harm.

use crate::guard;
use crate::journal::{Change, Journal, Record, now};
use crate::kind;
use crate::network_state;
use crate::saved::{self, Undo};
use crate::system::{Fault, System};
use crate::wire::Outcome;
use piton_plan::{Key, Step};
use std::time::Duration;

/// Whether somebody will try again what could not be put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The guard goes on with it, so the change stays open.
    MayTryAgain,
    Final,
}

/// How long putting back may take before the guard takes it over from whoever does it.
pub fn patience(change: &Change) -> Duration {
    let begun = change.to_undo().into_iter().map(|(number, ..)| number);
    let steps: Vec<&Step> = change.plan.steps().collect();
    let each = begun.filter_map(|number| steps.get(number)).map(|step| kind::patience(&step.resource));
    each.sum::<Duration>().clamp(LEAST, MOST)
}

const LEAST: Duration = Duration::from_secs(60);
const MOST: Duration = Duration::from_secs(600);

/// Restores every step that was begun, newest first; goes on past one that cannot be, and reports
/// the first of these.
pub fn put_back(
    system: &System,
    change: &mut Change,
    journal: &mut Journal,
    because: &Fault,
    hear: &mut dyn FnMut(Key),
) -> Result<(), Fault> {
    journal.free_reserve();
    if change.command.is_some() {
        network_state::command::end(system, change.generation);
    }
    // Only words for people: a disk without room for them must not stop it.
    let _ = note(change, journal, Record::Reverting { because: because.clone(), at: now() });
    let steps: Vec<Step> = change.plan.steps().cloned().collect();
    let mut first = Ok(());
    for (number, before, settle) in change.to_undo() {
        if let Some(step) = steps.get(number) {
            hear(step.resource.key());
        }
        let restored = saved::restore(system, &before, &settle, Undo::Open);
        let noted = restored.and_then(|()| note(change, journal, Record::Undone { step: number }));
        first = first.and(noted);
    }
    first
}

/// Ends the change as undone, or as one that was left midway.
pub fn close(
    system: &System,
    change: &mut Change,
    journal: &mut Journal,
    undone: &Result<(), Fault>,
    ending: Ending,
) -> Result<(), Fault> {
    let (mut ledger, outcome) = match (undone, ending) {
        (Ok(()), _) => (change.before.clone(), Outcome::Undone),
        (Err(_), Ending::MayTryAgain) => return Ok(()),
        (Err(_), Ending::Final) => (change.after(), Outcome::Interrupted),
    };
    // Used up all the same: a plan that was made against this generation has seen another host.
    ledger.generation = change.generation;
    ledger.write(system)?;
    note(change, journal, Record::Ended { outcome, at: now() })?;
    guard::disarm(system)
}

/// Writes a record through, and takes it into the change as it is known here.
pub fn note(change: &mut Change, journal: &mut Journal, record: Record) -> Result<(), Fault> {
    journal.append(&record)?;
    change.records.push(record);
    Ok(())
}
