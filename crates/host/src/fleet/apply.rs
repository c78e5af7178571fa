//! Carrying a plan out on its hosts, and proving over a new connection that one still gets in.
//!
//! The way of one host: begin; run the opening stage; before the closing stage, go over to a new
//! connection by the declared path, while the old one stays as the way back; after a guarded
//! stage, confirm over yet another. If the new way does not open, the old session puts all back.

use super::{Errand, Target, side_by_side};
use crate::session::{Session, SessionError};
use crate::system::Fault;
use crate::transport::Freshness;
use crate::wire::{Event, Holder, Outcome, Reply, Request, StepState};
use piton_plan::{HostPlan, Plan, StageName};
use serde::Serialize;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Clone, Copy, Debug, Default)]
pub struct ApplyOptions {
    /// One host's failure keeps hosts that were not begun untouched.
    pub stop_on_failure: bool,
    /// Wait for whoever else is changing a host.
    pub wait: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct HostReport {
    pub host: String,
    pub steps: usize,
    #[serde(flatten)]
    pub outcome: HostOutcome,
}

/// How a host came out of it.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum HostOutcome {
    /// There was nothing to do.
    Unchanged,
    /// Done and confirmed.
    Kept,
    /// A step failed, and everything was put back.
    Undone {
        because: Fault,
    },
    /// Everything was applied, the new way in did not open, and everything was put back.
    Reverted {
        because: String,
    },
    /// Putting back failed as well.
    Stuck {
        because: Fault,
        undo: Fault,
    },
    Locked {
        holder: Holder,
    },
    /// The host refused to begin; nothing was changed.
    Refused {
        because: Fault,
    },
    Unreachable {
        because: String,
        help: Option<String>,
    },
    /// The host half died midway. The journal says how far it came, and the host is there.
    Interrupted {
        because: String,
        done: usize,
    },
    /// The session was lost in the middle, and what became of the change is not known.
    Unknown {
        because: String,
    },
    /// Not begun, because another host failed first.
    Untouched,
}

impl HostOutcome {
    pub fn is_good(&self) -> bool {
        matches!(self, HostOutcome::Unchanged | HostOutcome::Kept)
    }
}

/// Applies a plan. `sessions` are the greeted hosts of the plan; what happens is heard as it happens.
pub fn apply(
    plan: &Plan,
    sessions: Vec<(Target, Result<Session, SessionError>)>,
    errand: &Errand,
    options: ApplyOptions,
    hear: &(dyn Fn(&str, Event) + Sync),
) -> Vec<HostReport> {
    let failed = AtomicBool::new(false);
    side_by_side(sessions, errand.jobs, |(target, session)| {
        let host_plan = plan.hosts.iter().find(|host| host.host == target.host);
        let steps = host_plan.map_or(0, |host| host.steps().count());
        let outcome = match (host_plan, session) {
            (_, _) if options.stop_on_failure && failed.load(Ordering::SeqCst) => HostOutcome::Untouched,
            (_, Err(error)) => unreachable_outcome(error),
            (None, Ok(_)) => HostOutcome::Unchanged,
            (Some(host_plan), Ok(session)) => {
                let mut change = HostChange { plan_id: &plan.id, plan: host_plan, target: &target, errand, hear };
                change.run(session, options).unwrap_or_else(|error| change.after_loss(error))
            }
        };
        if !outcome.is_good() {
            failed.store(true, Ordering::SeqCst);
        }
        HostReport { host: target.host, steps, outcome }
    })
}

fn unreachable_outcome(error: SessionError) -> HostOutcome {
    match error {
        SessionError::Trouble(trouble) => HostOutcome::Unreachable { because: trouble.what, help: Some(trouble.help) },
        SessionError::Refused(because) => HostOutcome::Refused { because },
        SessionError::Lost(because) => HostOutcome::Unreachable { because, help: None },
    }
}

struct HostChange<'a> {
    plan_id: &'a str,
    plan: &'a HostPlan,
    target: &'a Target,
    errand: &'a Errand,
    hear: &'a (dyn Fn(&str, Event) + Sync),
}

impl HostChange<'_> {
    fn run(&mut self, mut session: Session, options: ApplyOptions) -> Result<HostOutcome, SessionError> {
        if self.plan.is_empty() {
            session.close();
            return Ok(HostOutcome::Unchanged);
        }
        let begin =
            Request::Begin { plan: Box::new(self.plan.clone()), plan_id: self.plan_id.to_owned(), wait: options.wait };
        match session.ask(&begin, &mut |_| {}) {
            Ok(Reply::Done) => {}
            Ok(Reply::Locked { holder }) => return Ok(HostOutcome::Locked { holder }),
            Ok(other) => return Err(crate::session::unexpected(other)),
            Err(SessionError::Refused(because)) => return Ok(HostOutcome::Refused { because }),
            Err(lost) => return Err(lost),
        }
        // The session that began stays to the end: it is the way back while the new way is tried.
        let mut earlier = None;
        for (index, stage) in self.plan.stages.iter().enumerate() {
            if stage.name == StageName::Close && session.login != self.plan.login {
                match self.go_over(&mut session)? {
                    Ok(new) => earlier = Some(std::mem::replace(&mut session, new)),
                    Err(outcome) => return Ok(outcome),
                }
            }
            match self.ask(&mut session, &Request::Stage { index })? {
                Reply::Done => {}
                other => return ended(other),
            }
        }
        let outcome = self.confirm(&mut session)?;
        drop(earlier);
        session.close();
        Ok(outcome)
    }

    /// Opens a new connection by the declared path and hands the change over to it.
    fn go_over(&mut self, session: &mut Session) -> Result<Result<Session, HostOutcome>, SessionError> {
        let mut new = match self.open_new() {
            Ok(new) => new,
            Err(error) => return Ok(Err(self.revert(session, &error)?)),
        };
        self.ask(session, &Request::Release)?;
        match self.ask(&mut new, &Request::Resume { plan_id: self.plan_id.to_owned() })? {
            Reply::Done => Ok(Ok(new)),
            other => Ok(Err(ended(other)?)),
        }
    }

    fn confirm(&mut self, session: &mut Session) -> Result<HostOutcome, SessionError> {
        let confirm = Request::Confirm { plan_id: self.plan_id.to_owned() };
        if !self.plan.stages.iter().any(piton_plan::Stage::is_guarded) {
            return ended(self.ask(session, &confirm)?);
        }
        let mut witness = match self.open_new() {
            Ok(witness) => witness,
            Err(error) => return self.revert(session, &error),
        };
        self.ask(session, &Request::Release)?;
        let outcome = ended(self.ask(&mut witness, &confirm)?);
        witness.close();
        outcome
    }

    fn open_new(&self) -> Result<Session, SessionError> {
        Session::open(&self.plan.login, &self.errand.reaching, Freshness::New, &self.errand.hello())
    }

    fn revert(&mut self, session: &mut Session, error: &SessionError) -> Result<HostOutcome, SessionError> {
        let because = format!("a new connection as {} did not open: {error}", self.plan.login);
        let undo = Request::Undo { plan_id: self.plan_id.to_owned(), reason: because.clone() };
        match ended(self.ask(session, &undo)?)? {
            HostOutcome::Undone { .. } => Ok(HostOutcome::Reverted { because }),
            other => Ok(other),
        }
    }

    fn ask(&self, session: &mut Session, request: &Request) -> Result<Reply, SessionError> {
        session.ask(request, &mut |event| (self.hear)(&self.target.host, event))
    }

    /// The session was lost midway. The host half puts back what it cannot confirm, so asking the
    /// journal usually tells what became of it.
    fn after_loss(&mut self, error: SessionError) -> HostOutcome {
        let unknown = HostOutcome::Unknown { because: error.to_string() };
        if let SessionError::Refused(because) = error {
            return HostOutcome::Refused { because };
        }
        let Ok(mut session) = super::reach(self.target, self.errand) else { return unknown };
        let entries = super::history(&mut session, 1).unwrap_or_default();
        let Some(entry) = entries.first().filter(|entry| entry.plan_id == self.plan_id) else { return unknown };
        let because = error.to_string();
        match entry.outcome {
            Outcome::Kept => HostOutcome::Kept,
            Outcome::Undone => HostOutcome::Reverted { because },
            Outcome::Interrupted => {
                let done = entry.steps.iter().filter(|step| step.state == StepState::Done).count();
                HostOutcome::Interrupted { because, done }
            }
            Outcome::Open | Outcome::RolledBack => unknown,
        }
    }
}

/// What a final reply means for the host.
fn ended(reply: Reply) -> Result<HostOutcome, SessionError> {
    match reply {
        Reply::Done => Ok(HostOutcome::Kept),
        Reply::Undone { because } => Ok(HostOutcome::Undone { because }),
        Reply::Stuck { because, undo } => Ok(HostOutcome::Stuck { because, undo }),
        Reply::Locked { holder } => Ok(HostOutcome::Locked { holder }),
        other => Err(crate::session::unexpected(other)),
    }
}
