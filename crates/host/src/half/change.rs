//! Carrying a change out, step by step, and putting it back.

use super::{Session, check, greet, rollback};
use crate::journal::{self, Change, Journal, Record, now};
use crate::kind;
use crate::ledger::Ledger;
use crate::lock::{self, Begun, Share, Taken, Turn};
use crate::saved::{self, Undo};
use crate::system::{Fault, FaultCode, System};
use crate::wire::{Drill, Event, Outcome, Reply};
use piton_plan::{HostPlan, Resource, Step, Verb};
use rustix::process::{Signal, getpid, kill_process};
use std::time::Duration;

/// A change that this session began or went on with.
pub(super) struct Open {
    pub(super) change: Change,
    pub(super) journal: Journal,
    /// None while another session goes on with it.
    turn: Option<Turn>,
    /// As long as this lives, nobody takes the change for one whose process died.
    _share: Share,
    /// This session changed the host, so its being alive proves nothing: only a newer one may
    /// confirm.
    pub(super) ran: bool,
}

/// How long the session that goes on with a change may still be at it when an earlier one is to
/// put it back: as long as a stage may take.
const PATIENCE: Duration = Duration::from_secs(600);

impl Open {
    pub(super) fn of(change: Change, journal: Journal, turn: Turn, share: Share) -> Open {
        Open { change, journal, turn: Some(turn), _share: share, ran: false }
    }

    pub(super) fn release(&mut self) {
        self.turn = None;
    }

    pub(super) fn has_turn(&self) -> bool {
        self.turn.is_some()
    }

    pub(super) fn note(&mut self, record: Record) -> Result<(), Fault> {
        self.journal.append(&record)?;
        self.change.records.push(record);
        Ok(())
    }
}

impl Session {
    pub(super) fn begin(&mut self, plan: HostPlan, plan_id: String, wait: bool) -> Result<Reply, Fault> {
        let begun = match self.take_turn(wait)? {
            Taken::Mine(begun) => begun,
            Taken::Theirs(holder) => return Ok(Reply::Locked { holder }),
        };
        let before = Ledger::read(&self.system)?;
        if plan.parent != before.generation {
            let what = format!(
                "the plan was made for generation {} of this host, which is now at {}",
                plan.parent, before.generation
            );
            return Err(Fault::new(FaultCode::Stale, what).help("make a new plan"));
        }
        check::before_change(&self.system, &plan)?;
        self.open(begun, Change::new(self.who(), plan_id, plan, before))
    }

    /// The turn for a new change, with whatever a dead process left open closed first.
    pub(super) fn take_turn(&self, wait: bool) -> Result<Taken<Begun>, Fault> {
        let (operator, reason) = self.who();
        let taken = lock::begin(&self.system, (&operator, &reason), wait, &|| self.is_gone())?;
        if matches!(taken, Taken::Mine(_)) {
            greet::close_interrupted(&self.system)?;
        }
        Ok(taken)
    }

    pub(super) fn open(&mut self, begun: Begun, change: Change) -> Result<Reply, Fault> {
        if self.is_gone() {
            return Err(Fault::new(FaultCode::OperatorGone, "the operator's side was lost before the change began"));
        }
        let journal = Journal::begin(&self.system, &change)?;
        self.open = Some(Open::of(change, journal, begun.turn, begun.share));
        Ok(Reply::Done)
    }

    /// Goes on with a change that is open. `patience`: how long its present session may still work.
    pub(super) fn resume(&mut self, plan_id: &str, patience: Duration) -> Result<Reply, Fault> {
        let (turn, share) = match lock::resume(&self.system, patience)? {
            Taken::Mine(locks) => locks,
            Taken::Theirs(holder) => return Ok(Reply::Locked { holder }),
        };
        let change = open_change(&self.system, plan_id)?;
        let mut journal = Journal::resume(&self.system, &change)?;
        journal.append(&Record::Began { at: now() })?;
        let ran = self.open.as_ref().is_some_and(|open| open.ran);
        self.open = Some(Open { ran, ..Open::of(change, journal, turn, share) });
        Ok(Reply::Done)
    }

    /// Runs one stage. A step that fails, or an operator who vanishes, puts everything back.
    pub(super) fn stage(&mut self, index: usize) -> Result<Reply, Fault> {
        let Some(mut open) = self.open.take() else {
            return Err(Fault::new(FaultCode::Protocol, "no change is open in this session"));
        };
        if !open.has_turn() {
            self.open = Some(open);
            return Err(Fault::new(FaultCode::Protocol, "this session gave the change up"));
        }
        let ran = self.run_stage(&mut open, index);
        self.open = Some(open);
        match ran {
            Ok(()) => Ok(Reply::Done),
            Err(because) => {
                let plan_id = self.open.as_ref().map(|open| open.change.plan_id.clone());
                self.undo(&plan_id.unwrap_or_default(), because)
            }
        }
    }

    fn run_stage(&mut self, open: &mut Open, index: usize) -> Result<(), Fault> {
        let plan = open.change.plan.clone();
        let Some(stage) = plan.stages.get(index) else {
            return Err(Fault::new(FaultCode::Protocol, format!("the plan has no stage {index}")));
        };
        let first: usize = plan.stages.iter().take(index).map(|stage| stage.steps.len()).sum();
        open.ran = true;
        let of = plan.steps().count();
        let mut at = 0;
        while at < stage.steps.len() {
            let together = together(stage.steps.get(at..).unwrap_or_default());
            for (offset, step) in together.iter().enumerate() {
                let step_index = first + at + offset;
                let (key, verb) = (step.resource.key(), step.verb);
                self.event(Event::StepStarted { stage: index, step: step_index, of, key, verb });
            }
            if self.is_gone() {
                return Err(Fault::new(
                    FaultCode::OperatorGone,
                    "the operator's side was lost in the middle of the change",
                ));
            }
            let numbers: Vec<usize> = (first + at..first + at + together.len()).collect();
            self.run_steps(open, &numbers, together)?;
            for (offset, step) in together.iter().enumerate() {
                self.event(Event::StepDone { stage: index, step: first + at + offset, key: step.resource.key() });
            }
            at += together.len();
        }
        check::after_stage(&self.system, &stage.steps)
    }

    /// Runs one step, or several packages in one transaction.
    fn run_steps(&mut self, open: &mut Open, numbers: &[usize], steps: &[Step]) -> Result<(), Fault> {
        for step in steps {
            check::before_step(&self.system, step)?;
        }
        for (number, step) in numbers.iter().zip(steps) {
            let footprint = kind::footprint(&step.resource);
            let saved = saved::save(&self.system, &footprint)?;
            open.note(Record::Saved { step: *number, saved, settle: footprint.settle })?;
            if self.drill() == Some(Drill::DieBefore(*number)) {
                die();
            }
        }
        let resources: Vec<&Resource> = steps.iter().map(|step| &step.resource).collect();
        let done = match steps {
            [step] if step.verb == Verb::Remove => {
                let original = open.change.before.original(&step.resource.key());
                let original = original.map(|entry| entry.original.clone()).unwrap_or_default();
                kind::remove(&self.system, &step.resource, &original)
            }
            _ => kind::apply(&self.system, &resources),
        };
        for number in numbers {
            if self.drill() == Some(Drill::DieAfter(*number)) {
                die();
            }
            match &done {
                Ok(()) => open.note(Record::Done { step: *number })?,
                Err(because) => open.note(Record::Failed { step: *number, because: because.clone() })?,
            }
        }
        done
    }

    pub(super) fn confirm(&mut self, plan_id: &str) -> Result<Reply, Fault> {
        if self.open.as_ref().is_some_and(|open| open.ran) {
            let what = "a session that changed the host cannot confirm that one still gets in";
            return Err(Fault::new(FaultCode::Protocol, what).help("confirm over a new connection"));
        }
        if self.open.is_none() {
            match self.resume(plan_id, Duration::ZERO)? {
                Reply::Done => {}
                other => return Ok(other),
            }
        }
        let Some(mut open) = self.open.take() else { return Ok(Reply::Done) };
        match open.change.goes_back {
            None => open.change.after().write(&self.system)?,
            Some(earlier) => rollback::finish(&self.system, &open.change, earlier)?,
        }
        open.note(Record::Ended { outcome: Outcome::Kept, at: now() })?;
        Ok(Reply::Done)
    }

    /// Puts the open change back, newest step first, and says how that went.
    pub(super) fn undo(&mut self, plan_id: &str, because: Fault) -> Result<Reply, Fault> {
        if self.open.as_ref().is_none_or(|open| !open.has_turn()) {
            match self.resume(plan_id, PATIENCE)? {
                Reply::Done => {}
                other => return Ok(other),
            }
        }
        let Some(mut open) = self.open.take() else { return Ok(Reply::Done) };
        let undone = self.put_back(&mut open);
        let mut ledger = match &undone {
            Ok(()) => open.change.before.clone(),
            Err(_) => open.change.after(),
        };
        // Used up all the same: a plan that was made against this generation has seen another host.
        ledger.generation = open.change.generation;
        ledger.write(&self.system)?;
        match undone {
            Ok(()) => {
                open.note(Record::Ended { outcome: Outcome::Undone, at: now() })?;
                Ok(Reply::Undone { because })
            }
            Err(undo) => {
                open.note(Record::Ended { outcome: Outcome::Interrupted, at: now() })?;
                Ok(Reply::Stuck { because, undo })
            }
        }
    }

    /// Restores every step that was begun; goes on past one that cannot be, and reports the first.
    fn put_back(&mut self, open: &mut Open) -> Result<(), Fault> {
        open.journal.free_reserve();
        let steps: Vec<Step> = open.change.plan.steps().cloned().collect();
        let mut first = Ok(());
        for (number, saved, settle) in open.change.to_undo() {
            if let Some(step) = steps.get(number) {
                self.event(Event::Undoing { key: step.resource.key() });
            }
            let restored = saved::restore(&self.system, &saved, &settle, Undo::Open);
            // What cannot be noted is restored once more by whoever comes next, which does no harm.
            let noted = restored.and_then(|()| open.note(Record::Undone { step: number }));
            first = first.and(noted);
        }
        first
    }

    /// The session is over: a change that it still holds, or that nobody went on with, goes back.
    pub(super) fn put_back_what_is_open(&mut self) {
        let Some(plan_id) = self.open.as_ref().map(|open| open.change.plan_id.clone()) else { return };
        // Nobody is left to tell. If it was given up, the session that took it ends it first, and
        // then there is nothing open any more; if it stays open, the journal says that.
        let _ = self
            .undo(&plan_id, Fault::new(FaultCode::OperatorGone, "the session ended before the change was confirmed"));
    }

    pub(super) fn who(&self) -> (String, String) {
        self.hello.as_ref().map(|hello| (hello.operator.clone(), hello.reason.clone())).unwrap_or_default()
    }
}

/// The steps at the head of a list that are done as one: new packages are one transaction.
fn together(steps: &[Step]) -> &[Step] {
    let packages =
        steps.iter().take_while(|step| matches!(step.resource, Resource::Package(_)) && step.verb != Verb::Remove);
    let count = packages.count().max(1).min(steps.len());
    steps.get(..count).unwrap_or_default()
}

fn open_change(system: &System, plan_id: &str) -> Result<Change, Fault> {
    let latest = journal::latest(system)?.filter(|change| change.outcome() == Outcome::Open);
    latest.filter(|change| change.plan_id == plan_id).ok_or_else(|| {
        Fault::new(FaultCode::Stale, format!("the change of plan {plan_id} is not open on this host any more"))
            .help("make a new plan")
    })
}

/// Ends this process as a power cut would: nothing runs after it.
fn die() -> ! {
    let _ = kill_process(getpid(), Signal::KILL);
    std::process::abort()
}
