//! Carrying a change out, step by step, and putting it back.

use super::Session;
use crate::journal::{self, Change, Journal, Record, now};
use crate::ledger::Ledger;
use crate::lock::{self, Lock, Taken};
use crate::saved;
use crate::system::{Fault, FaultCode};
use crate::wire::{Drill, Event, Outcome, Reply, StepState};
use crate::{kind, system::System};
use piton_plan::{Digest, Expect, HostPlan, Observed, Resource, Step, Verb};
use rustix::process::{Signal, getpid, kill_process};

/// A change that this session began or went on with.
pub(super) struct Open {
    change: Change,
    journal: Journal,
    /// None while another session goes on with it.
    lock: Option<Lock>,
    /// This session ran a stage on which reaching the host depends, so its being alive proves
    /// nothing: only a newer session may confirm.
    ran_guarded: bool,
}

impl Open {
    pub(super) fn release(&mut self) {
        self.lock = None;
    }

    fn note(&mut self, record: Record) -> Result<(), Fault> {
        self.journal.append(&record)?;
        self.change.records.push(record);
        Ok(())
    }
}

impl Session {
    pub(super) fn begin(&mut self, plan: HostPlan, plan_id: String, wait: bool) -> Result<Reply, Fault> {
        let (operator, reason) = self.who();
        let lock = match lock::take(&self.system, &operator, &reason, wait)? {
            Taken::Mine(lock) => lock,
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
        check_start(&self.system, &plan)?;
        let generation = before.generation + 1;
        let change = Change { plan_id, operator, reason, generation, plan, before, records: Vec::new() };
        let journal = Journal::begin(&self.system, &change)?;
        self.open = Some(Open { change, journal, lock: Some(lock), ran_guarded: false });
        Ok(Reply::Done)
    }

    pub(super) fn resume(&mut self, plan_id: &str) -> Result<Reply, Fault> {
        let (operator, reason) = self.who();
        // The session that released it is about to, or has; waiting is a matter of moments.
        let lock = match lock::take(&self.system, &operator, &reason, false)? {
            Taken::Mine(lock) => lock,
            Taken::Theirs(holder) => return Ok(Reply::Locked { holder }),
        };
        let change = open_change(&self.system, plan_id)?;
        let mut journal = Journal::resume(&self.system, &change)?;
        journal.append(&Record::Began { at: now() })?;
        self.open = Some(Open { change, journal, lock: Some(lock), ran_guarded: false });
        Ok(Reply::Done)
    }

    /// Runs one stage. A step that fails, or an operator who vanishes, puts everything back.
    pub(super) fn stage(&mut self, index: usize) -> Result<Reply, Fault> {
        let Some(mut open) = self.open.take() else {
            return Err(Fault::new(FaultCode::Protocol, "no change is open in this session"));
        };
        if open.lock.is_none() {
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
        open.ran_guarded |= stage.is_guarded();
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
        check_end(&self.system, &stage.steps)
    }

    /// Runs one step, or several packages in one transaction.
    fn run_steps(&mut self, open: &mut Open, numbers: &[usize], steps: &[Step]) -> Result<(), Fault> {
        for step in steps {
            check_step(&self.system, step)?;
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
        if self.open.as_ref().is_some_and(|open| open.ran_guarded) {
            let what = "a session that ran a guarded stage cannot confirm it";
            return Err(Fault::new(FaultCode::Protocol, what).help("confirm over a new connection"));
        }
        if self.open.is_none() {
            match self.resume(plan_id)? {
                Reply::Done => {}
                other => return Ok(other),
            }
        }
        let Some(mut open) = self.open.take() else { return Ok(Reply::Done) };
        let ledger = open.change.before.clone().fold(&open.change);
        ledger.write(&self.system)?;
        open.note(Record::Ended { outcome: Outcome::Kept, at: now() })?;
        Ok(Reply::Done)
    }

    /// Puts the open change back, newest step first, and says how that went.
    pub(super) fn undo(&mut self, plan_id: &str, because: Fault) -> Result<Reply, Fault> {
        if self.open.as_ref().is_none_or(|open| open.lock.is_none()) {
            match self.resume(plan_id)? {
                Reply::Done => {}
                other => return Ok(other),
            }
        }
        let Some(mut open) = self.open.take() else { return Ok(Reply::Done) };
        let undone = self.put_back(&mut open);
        let mut ledger = match &undone {
            Ok(()) => open.change.before.clone(),
            Err(_) => open.change.before.clone().fold(&open.change),
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
        let steps: Vec<Step> = open.change.plan.steps().cloned().collect();
        let to_undo: Vec<_> = open
            .change
            .to_undo()
            .into_iter()
            .map(|(step, saved, settle)| (step, saved.to_vec(), settle.to_vec()))
            .collect();
        let mut first = Ok(());
        for (number, saved, settle) in to_undo {
            if let Some(step) = steps.get(number) {
                self.event(Event::Undoing { key: step.resource.key() });
            }
            match saved::restore(&self.system, &saved, &settle) {
                Ok(()) => open.note(Record::Undone { step: number })?,
                Err(fault) if first.is_ok() => first = Err(fault),
                Err(_) => {}
            }
        }
        first
    }

    /// Puts the newest change that still stands back.
    pub(super) fn rollback(&mut self, anyway: bool) -> Result<Reply, Fault> {
        let (operator, reason) = self.who();
        let lock = match lock::take(&self.system, &operator, &reason, false)? {
            Taken::Mine(lock) => lock,
            Taken::Theirs(holder) => return Ok(Reply::Locked { holder }),
        };
        let stands = |change: &Change| !matches!(change.outcome(), Outcome::Undone | Outcome::RolledBack);
        let Some(change) = journal::changes(&self.system)?.into_iter().rev().find(stands) else {
            return Err(Fault::new(FaultCode::Nothing, "there is no change on this host to put back"));
        };
        if !anyway {
            check_untouched_since(&self.system, &change)?;
        }
        let generation = Ledger::read(&self.system)?.generation.max(change.generation) + 1;
        let journal = Journal::resume(&self.system, &change)?;
        let mut open = Open { change, journal, lock: Some(lock), ran_guarded: false };
        self.put_back(&mut open)?;
        Ledger { generation, ..open.change.before.clone() }.write(&self.system)?;
        open.note(Record::Ended { outcome: Outcome::RolledBack, at: now() })?;
        Ok(Reply::Done)
    }

    /// The session is over: a change that it still holds, or that nobody went on with, goes back.
    pub(super) fn put_back_what_is_open(&mut self) {
        let Some(open) = &self.open else { return };
        let plan_id = open.change.plan_id.clone();
        // Nobody is left to tell; the journal has the outcome, or stays open and says that.
        let _ = self
            .undo(&plan_id, Fault::new(FaultCode::OperatorGone, "the session ended before the change was confirmed"));
    }

    fn who(&self) -> (String, String) {
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

/// The host must be as it was when the plan was made.
fn check_start(system: &System, plan: &HostPlan) -> Result<(), Fault> {
    // A bridge is half of a change that is looked at whole.
    let steps: Vec<&Step> = plan.steps().filter(|step| !step.bridge).collect();
    let resources: Vec<Resource> = steps.iter().map(|step| step.resource.clone()).collect();
    let seen = kind::observe_all(system, &resources)?;
    for (step, (key, seen)) in steps.iter().zip(&seen) {
        if &Digest::of_json(seen) != step.expect.at_the_start() {
            return Err(stale(&key.to_string()));
        }
    }
    Ok(())
}

fn check_step(system: &System, step: &Step) -> Result<(), Fault> {
    let Expect::Seen(expected) = &step.expect else { return Ok(()) };
    let seen: Option<Observed> =
        kind::observe_all(system, std::slice::from_ref(&step.resource))?.pop().map(|(_, seen)| seen);
    match seen {
        Some(seen) if &Digest::of_json(&seen) == expected => Ok(()),
        _ => Err(stale(&step.resource.key().to_string())),
    }
}

fn stale(key: &str) -> Fault {
    Fault::new(FaultCode::Stale, format!("{key} is not as it was when the plan was made")).help("make a new plan")
}

/// After a stage, what it made is what was wanted; else something on the host works against it.
fn check_end(system: &System, steps: &[Step]) -> Result<(), Fault> {
    let made: Vec<&Step> = steps.iter().filter(|step| step.verb != Verb::Remove).collect();
    let resources: Vec<Resource> = made.iter().map(|step| step.resource.clone()).collect();
    let seen = kind::observe_all(system, &resources)?;
    for (resource, (key, seen)) in resources.iter().zip(&seen) {
        if let Some(left) = resource.differences(seen).first() {
            let is = left.from.as_deref().unwrap_or("nothing");
            let what = format!(
                "{key} was applied, but {} is {is} and not {}",
                left.field,
                left.to.as_deref().unwrap_or("nothing")
            );
            return Err(Fault::new(FaultCode::NotEffective, what)
                .help("something else on this host sets it: look for it, or take it out of the site"));
        }
    }
    Ok(())
}

/// What the change made is still as it made it; else going back would take somebody's work along.
fn check_untouched_since(system: &System, change: &Change) -> Result<(), Fault> {
    let steps = change.plan.steps().enumerate().filter(|(number, step)| {
        step.verb != Verb::Remove && !step.bridge && change.state_of(*number) == StepState::Done
    });
    let resources: Vec<Resource> = steps.map(|(_, step)| step.resource.clone()).collect();
    let seen = kind::observe_all(system, &resources)?;
    let touched = resources.iter().zip(&seen).filter(|(resource, (_, seen))| !resource.differences(seen).is_empty());
    let names: Vec<String> = touched.map(|(_, (key, _))| key.to_string()).collect();
    if names.is_empty() {
        return Ok(());
    }
    let what = format!("changed since by somebody else: {}", names.join(", "));
    Err(Fault::new(FaultCode::Stale, what)
        .help("look at `piton plan`; to lose what was done since, `piton rollback --anyway`"))
}

/// Ends this process as a power cut would: nothing runs after it.
fn die() -> ! {
    let _ = kill_process(getpid(), Signal::KILL);
    std::process::abort()
}
