//! Going back: a change like any other, whose steps restore what an earlier one had found.
//!
//! It is journalled, stays open until a new connection confirms it, and is itself put back when
//! none can be made: the way in that the earlier change had opened may be the only one left.

use super::change::Open;
use super::{Session, check};
use crate::journal::{self, Change, Journal, Record, now};
use crate::kind;
use crate::ledger::Ledger;
use crate::lock::Taken;
use crate::saved::{self, Undo};
use crate::system::{Fault, FaultCode, System};
use crate::wire::{Event, Guarding, Outcome, Reply};
use piton_plan::{HostPlan, Step};

impl Session {
    /// Puts the newest change that still stands back, and leaves that open.
    pub(super) fn rollback(&mut self, plan_id: String, anyway: bool, guard: Guarding) -> Result<Reply, Fault> {
        let begun = match self.take_turn(false)? {
            Taken::Mine(begun) => begun,
            Taken::Theirs(holder) => return Ok(Reply::Locked { holder }),
        };
        let Some(earlier) = journal::changes(&self.system)?.into_iter().rev().find(stands) else {
            return Err(Fault::new(FaultCode::Nothing, "there is no change on this host to put back"));
        };
        if !anyway {
            check::before_going_back(&self.system, &earlier)?;
        }
        let before = Ledger::read(&self.system)?;
        let plan = HostPlan { parent: before.generation, destroys: Vec::new(), ..earlier.plan.clone() };
        let change = Change::new(self.who(), plan_id, plan, before, guard != Guarding::Waived)?;
        let change = Change { goes_back: Some(earlier.generation), ..change };
        let begun = match self.open(begun, change, guard)? {
            begun @ Reply::Begun { .. } => begun,
            other => return Ok(other),
        };
        let undo = if anyway { Undo::Anyway } else { Undo::Later };
        match self.go_back(&earlier, undo) {
            Ok(()) => Ok(begun),
            Err(because) => self.undo_open(because),
        }
    }

    fn go_back(&mut self, earlier: &Change, undo: Undo) -> Result<(), Fault> {
        let Some(mut open) = self.open.take() else { return Ok(()) };
        open.ran = true;
        let gone_back = self.restore_steps(&mut open, earlier, undo);
        self.open = Some(open);
        gone_back
    }

    fn restore_steps(&mut self, open: &mut Open, earlier: &Change, undo: Undo) -> Result<(), Fault> {
        let steps: Vec<Step> = earlier.plan.steps().cloned().collect();
        for (number, there, settle) in earlier.to_undo() {
            let Some(step) = steps.get(number) else { continue };
            self.event(Event::Undoing { key: step.resource.key() });
            if self.is_gone() {
                return Err(Fault::new(FaultCode::OperatorGone, "the operator's side was lost on the way back"));
            }
            let footprint = kind::footprint(&step.resource);
            open.extend_for(&self.system, &step.resource, self.silence)?;
            let saved = saved::save(&self.system, &footprint)?;
            open.note(Record::Saved { step: number, saved, settle: footprint.settle })?;
            saved::restore(&self.system, &saved::lasting(&there), &settle, undo)?;
            open.note(Record::Done { step: number })?;
        }
        Ok(())
    }
}

/// Whether a change is still in force: not put back, and not itself a way back. What a command did
/// to the network nobody knows well enough to put back later.
fn stands(change: &Change) -> bool {
    change.goes_back.is_none()
        && change.command.is_none()
        && !matches!(change.outcome(), Outcome::Undone | Outcome::RolledBack)
}

/// The way back is confirmed: what was owned before the earlier change is owned again, and that
/// change is no longer in force.
pub(super) fn finish(system: &System, change: &Change, earlier: u64) -> Result<(), Fault> {
    let changes = journal::changes(system)?;
    let Some(earlier) = changes.into_iter().find(|it| it.generation == earlier) else {
        return Err(Fault::new(FaultCode::Unreadable, format!("the journal of generation {earlier} is gone")));
    };
    Ledger { generation: change.generation, ..earlier.before.clone() }.write(system)?;
    Journal::resume(system, &earlier)?.append(&Record::Ended { outcome: Outcome::RolledBack, at: now() })
}
