//! Carrying a change out, step by step, and putting it back.

use super::{Session, check, destroy, greet, rollback};
use crate::guard::probes::Probes;
use crate::guard::{Leave, login_shell};
use crate::journal::{self, Change, Journal, Record, now};
use crate::kind;
use crate::ledger::Ledger;
use crate::lock::{self, Begun, Share, Taken, Turn};
use crate::saved;
use crate::system::{Fault, FaultCode, System};
use crate::undo::{self, Ending};
use crate::wire::{Drill, Event, Guarding, Nonce, Outcome, Reply};
use piton_plan::{HostPlan, Resource, Step, Verb};
use rustix::process::{Signal, getpid, kill_process};
use std::thread::sleep;
use std::time::Duration;

/// A change that this session began or went on with.
pub(super) struct Open {
    pub(super) change: Change,
    pub(super) journal: Journal,
    /// None while another session goes on with it.
    turn: Option<Turn>,
    /// As long as this lives, nobody takes the change for one whose process died.
    _share: Share,
    /// Without it nothing can be applied.
    leave: Leave,
    /// This session changed the host, so its being alive proves nothing: only a newer one may
    /// confirm.
    pub(super) ran: bool,
}

/// How long the session that goes on with a change may still be at it when an earlier one is to
/// put it back: as long as a stage may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// Made by whoever stages a drill.
const DRILL_GOES_ON: &str = "/run/piton/drill-goes-on";

/// What the guard allows beyond what was agreed, so that a session that lives acts first.
const GRACE: Duration = Duration::from_secs(10);

impl Open {
    pub(super) fn of(change: Change, journal: Journal, turn: Turn, share: Share, leave: Leave) -> Open {
        Open { change, journal, turn: Some(turn), _share: share, leave, ran: false }
    }

    pub(super) fn release(&mut self) {
        self.turn = None;
    }

    pub(super) fn has_turn(&self) -> bool {
        self.turn.is_some()
    }

    /// Has the guard wait for as long as a step on this resource may take.
    pub(super) fn extend_for(&self, system: &System, resource: &Resource, silence: Duration) -> Result<(), Fault> {
        self.leave.extend(system, kind::patience(resource) + silence + GRACE)
    }

    pub(super) fn note(&mut self, record: Record) -> Result<(), Fault> {
        undo::note(&mut self.change, &mut self.journal, record)
    }
}

impl Session {
    pub(super) fn begin(
        &mut self,
        plan: HostPlan,
        plan_id: String,
        wait: bool,
        guard: Guarding,
    ) -> Result<Reply, Fault> {
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
        let guarded = guard != Guarding::Waived;
        self.open(begun, Change::new(self.who(), plan_id, plan, before, guarded)?, guard)
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

    /// Opens a change: written down, guarded, and nothing done yet.
    pub(super) fn open(&mut self, begun: Begun, change: Change, guard: Guarding) -> Result<Reply, Fault> {
        if self.is_gone() {
            return Err(Fault::new(FaultCode::OperatorGone, "the operator's side was lost before the change began"));
        }
        if let Guarding::Seconds(seconds) = guard {
            self.silence = Duration::from_secs(seconds.into());
        }
        let journal = Journal::begin(&self.system, &change)?;
        let leave = match guard {
            Guarding::Seconds(_) => Leave::guarded(&self.system, &change, self.silence + GRACE),
            Guarding::Waived => Ok(Leave::waived()),
        };
        let leave = leave.inspect_err(|_| {
            // What never began shall not look like something that was cut short.
            let _ = journal::forget(&self.system, &change);
        })?;
        let nonce = change.nonce.clone();
        let mut open = Open::of(change, journal, begun.turn, begun.share, leave);
        let noted = open.note(self.began());
        let shells = login_shell::before(&self.system, &open.change.plan, &self.caller.login);
        let before = Probes { shells, ..Probes::take(&self.system) };
        let noted = noted.and_then(|()| open.note(Record::Probed { before }));
        self.open = Some(open);
        match noted {
            Ok(()) => Ok(Reply::Begun { nonce }),
            Err(because) => self.undo_open(because),
        }
    }

    fn began(&self) -> Record {
        Record::Began { at: now(), connection: self.caller.connection.clone() }
    }

    /// Goes on with a change that was handed over.
    pub(super) fn resume(&mut self, plan_id: &str, nonce: &Nonce) -> Result<Reply, Fault> {
        self.take_up(plan_id, Duration::ZERO, |change| match &change.nonce == nonce {
            true => Ok(()),
            false => Err(not_of_this_change()),
        })
    }

    /// Takes an open change up. `patience`: how long its present session may still work on it.
    fn take_up(
        &mut self,
        plan_id: &str,
        patience: Duration,
        may: impl FnOnce(&Change) -> Result<(), Fault>,
    ) -> Result<Reply, Fault> {
        let (turn, share) = match lock::resume(&self.system, patience)? {
            Taken::Mine(locks) => locks,
            Taken::Theirs(holder) => return Ok(Reply::Locked { holder }),
        };
        let change = open_change(&self.system, plan_id)?;
        may(&change)?;
        let leave = Leave::held(&self.system, &change)?;
        let journal = Journal::resume(&self.system, &change)?;
        let ran = self.open.as_ref().is_some_and(|open| open.ran);
        let mut open = Open { ran, ..Open::of(change, journal, turn, share, leave) };
        open.note(self.began())?;
        self.open = Some(open);
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
            Err(because) => self.undo_open(because),
        }
    }

    pub(super) fn undo_open(&mut self, because: Fault) -> Result<Reply, Fault> {
        let plan_id = self.open.as_ref().map(|open| open.change.plan_id.clone());
        self.undo(&plan_id.unwrap_or_default(), because)
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
        check::after_stage(&self.system, &stage.steps)?;
        // Now it is the operator's turn to say something.
        open.leave.extend(&self.system, self.silence + GRACE)
    }

    /// Runs one step, or several packages in one transaction.
    fn run_steps(&mut self, open: &mut Open, numbers: &[usize], steps: &[Step]) -> Result<(), Fault> {
        if let Some(step) = steps.first() {
            open.extend_for(&self.system, &step.resource, self.silence)?;
        }
        for step in steps {
            check::before_step(&self.system, step)?;
        }
        for (number, step) in numbers.iter().zip(steps) {
            let footprint = kind::footprint(&step.resource);
            let saved = saved::save(&self.system, &footprint)?;
            open.note(Record::Saved { step: *number, saved, settle: footprint.settle })?;
            match self.drill() {
                Some(Drill::DieBefore(at)) if at == *number => die(),
                Some(Drill::HoldBefore(at)) if at == *number => self.hold(&format!("before step {at}")),
                _ => {}
            }
        }
        let resources: Vec<&Resource> = steps.iter().map(|step| &step.resource).collect();
        let done = match steps {
            [step] if step.verb == Verb::Remove => {
                let original = open.change.before.original(&step.resource.key());
                let original = original.map(|entry| entry.original.clone()).unwrap_or_default();
                kind::remove(&self.system, &open.leave, &step.resource, &original)
            }
            _ => kind::apply(&self.system, &open.leave, &resources),
        };
        for number in numbers {
            match self.drill() {
                Some(Drill::DieAfter(at)) if at == *number => die(),
                Some(Drill::HoldAfter(at)) if at == *number => self.hold(&format!("after step {at}")),
                _ => {}
            }
            match &done {
                Ok(()) => open.note(Record::Done { step: *number })?,
                Err(because) => open.note(Record::Failed { step: *number, because: because.clone() })?,
            }
        }
        done
    }

    /// Keeps the change, if this connection proves that one still gets in, and what answered before
    /// answers still.
    pub(super) fn confirm(&mut self, plan_id: &str, nonce: &Nonce) -> Result<Reply, Fault> {
        if self.open.as_ref().is_some_and(|open| open.ran) {
            return Err(not_new());
        }
        if self.open.is_none() {
            let own = self.caller.connection.clone();
            let may = |change: &Change| match &change.nonce == nonce {
                true if is_newer(&own, change) => Ok(()),
                true => Err(not_new()),
                false => Err(not_of_this_change()),
            };
            match self.take_up(plan_id, Duration::ZERO, may)? {
                Reply::Done => {}
                other => return Ok(other),
            }
        }
        let Some(mut open) = self.open.take() else { return Ok(Reply::Done) };
        if let Some(before) = open.change.probed()
            && let Err(unhealthy) = before.hold(&self.system)
        {
            // Given up, and not put back here: the session that asks for that gets to tell of it.
            open.release();
            return Err(unhealthy);
        }
        match open.change.goes_back {
            None => open.change.after().write(&self.system)?,
            Some(earlier) => rollback::finish(&self.system, &open.change, earlier)?,
        }
        open.note(Record::Ended { outcome: Outcome::Kept, at: now() })?;
        crate::guard::disarm(&self.system)?;
        destroy::data(&self.system, &open.change);
        Ok(Reply::Done)
    }

    /// Puts the open change back, newest step first, and says how that went.
    pub(super) fn undo(&mut self, plan_id: &str, because: Fault) -> Result<Reply, Fault> {
        if self.open.as_ref().is_none_or(|open| !open.has_turn()) {
            match self.take_up(plan_id, PATIENCE, |_| Ok(()))? {
                Reply::Done => {}
                other => return Ok(other),
            }
        }
        let Some(Open { mut change, mut journal, turn: _turn, _share, leave, .. }) = self.open.take() else {
            return Ok(Reply::Done);
        };
        // Without time the guard would end this session in the middle of doing its work.
        let _ = leave.extend(&self.system, undo::patience(&change));
        let system = self.system.clone();
        let mut hear = |key| self.event(Event::Undoing { key });
        let undone = undo::put_back(&system, &mut change, &mut journal, &because, &mut hear);
        let ending = if change.guarded { Ending::MayTryAgain } else { Ending::Final };
        undo::close(&system, &mut change, &mut journal, &undone, ending)?;
        match undone {
            Ok(()) => Ok(Reply::Undone { because }),
            Err(undo) => Ok(Reply::Stuck { because, undo }),
        }
    }

    /// The session is over: a change that it still holds, or that nobody went on with, goes back.
    pub(super) fn put_back_what_is_open(&mut self) {
        // Given up to a newer session, which may be between two connections: to wait for the turn now
        // could mean to take it from its witness. If there is no such session, the guard puts back.
        if self.open.as_ref().is_some_and(|open| !open.has_turn() && open.change.guarded) {
            self.open = None;
            return;
        }
        let Some(plan_id) = self.open.as_ref().map(|open| open.change.plan_id.clone()) else { return };
        // Nobody is left to tell. If it was given up, the session that took it ends it first, and
        // then there is nothing open any more; if it stays open, the journal says that.
        let _ = self
            .undo(&plan_id, Fault::new(FaultCode::OperatorGone, "the session ended before the change was confirmed"));
    }

    /// Stands still where a trouble is staged, until whoever stages it says to go on.
    fn hold(&mut self, place: &str) {
        self.event(Event::Held { place: place.to_owned() });
        while !self.is_gone() && !self.system.exists(DRILL_GOES_ON) {
            sleep(Duration::from_millis(20));
        }
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

/// Whether a connection is none of those over which the change was carried on. On the machine
/// itself there are no connections to tell apart.
fn is_newer(connection: &str, change: &Change) -> bool {
    connection.is_empty() || change.connections().all(|earlier| earlier != connection)
}

fn not_new() -> Fault {
    let what = "a connection that was there before the change cannot prove that one still gets in";
    Fault::new(FaultCode::Protocol, what).help("confirm over a new connection")
}

fn not_of_this_change() -> Fault {
    Fault::new(FaultCode::Stale, "this confirmation is not for the change that is open here").help("make a new plan")
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
