//! Proving over a new connection that one still gets in, and going back when one does not.
//!
//! Whoever changed a host stays connected until a newer session has confirmed; the newer one is
//! the proof, the older one the way back.

use super::{Errand, HostOutcome, Target};
use crate::session::{Session, SessionError};
use crate::transport::Freshness;
use crate::wire::{Event, Outcome, Reply, Request, StepState};
use piton_plan::Login;

/// A change that is open on one host, and the ways by which it may be confirmed.
pub(super) struct NewWay<'a> {
    /// The id of the plan, or of the way back, under which the change is open.
    pub(super) change: &'a str,
    /// Tried in this order.
    pub(super) logins: &'a [Login],
    pub(super) target: &'a Target,
    pub(super) errand: &'a Errand,
    pub(super) hear: &'a (dyn Fn(&str, Event) + Sync),
}

impl NewWay<'_> {
    /// Opens a new connection and hands the change over to it.
    pub(super) fn go_over(&self, session: &mut Session) -> Result<Result<Session, HostOutcome>, SessionError> {
        let mut new = match self.open() {
            Ok(new) => new,
            Err(error) => return Ok(Err(self.revert(session, &error)?)),
        };
        self.ask(session, &Request::Release)?;
        match self.ask(&mut new, &Request::Resume { plan_id: self.change.to_owned() }) {
            Ok(Reply::Done) => Ok(Ok(new)),
            Ok(other) => Ok(Err(self.revert(session, &crate::session::unexpected(other))?)),
            Err(error) => Ok(Err(self.revert(session, &error)?)),
        }
    }

    /// Has a new connection say that the change stays; else has the old one put it back.
    pub(super) fn confirm(&self, session: &mut Session) -> Result<HostOutcome, SessionError> {
        let mut witness = match self.open() {
            Ok(witness) => witness,
            Err(error) => return self.revert(session, &error),
        };
        self.ask(session, &Request::Release)?;
        match self.ask(&mut witness, &Request::Confirm { plan_id: self.change.to_owned() }) {
            Ok(Reply::Done) => {
                let by = witness.login.to_string();
                witness.close();
                Ok(HostOutcome::Kept { by })
            }
            Ok(other) => self.revert(session, &crate::session::unexpected(other)),
            // It may have been confirmed all the same; then there is nothing open to undo, and the
            // journal tells.
            Err(error) => self.revert(session, &error),
        }
    }

    fn open(&self) -> Result<Session, SessionError> {
        let mut first = None;
        for login in self.logins {
            match Session::open(login, &self.errand.reaching, Freshness::New, &self.errand.hello()) {
                Ok(session) => return Ok(session),
                Err(error) => first = first.or(Some(error)),
            }
        }
        Err(first.unwrap_or_else(|| SessionError::Lost("there is no way to this host".into())))
    }

    fn revert(&self, session: &mut Session, error: &SessionError) -> Result<HostOutcome, SessionError> {
        let login = self.logins.first().map(Login::to_string).unwrap_or_default();
        let because = format!("a new connection as {login} did not confirm the change: {error}");
        let undo = Request::Undo { plan_id: self.change.to_owned(), reason: because.clone() };
        match ended(self.ask(session, &undo)?)? {
            HostOutcome::Undone { .. } => Ok(HostOutcome::Reverted { because }),
            other => Ok(other),
        }
    }

    pub(super) fn ask(&self, session: &mut Session, request: &Request) -> Result<Reply, SessionError> {
        session.ask(request, &mut |event| (self.hear)(&self.target.host, event))
    }

    /// The session was lost, or refused to go on, in the middle of a change. The host half puts
    /// back what it cannot confirm, so the journal usually tells what became of it.
    pub(super) fn after_loss(&self, error: SessionError) -> HostOutcome {
        let because = error.to_string();
        let unknown = HostOutcome::Unknown { because: because.clone() };
        let Ok(mut session) = super::reach(self.target, self.errand) else { return unknown };
        let entries = super::history(&mut session, 1).unwrap_or_default();
        let Some(entry) = entries.first().filter(|entry| entry.plan_id == self.change) else { return unknown };
        match entry.outcome {
            Outcome::Kept => HostOutcome::Kept { by: session.login.to_string() },
            Outcome::Undone => HostOutcome::Reverted { because },
            Outcome::Interrupted => {
                let done = entry.whole_steps().iter().filter(|step| step.state == StepState::Done).count();
                HostOutcome::Interrupted { because, done }
            }
            Outcome::Open | Outcome::RolledBack => unknown,
        }
    }
}

/// What a reply other than "done" means for the host.
pub(super) fn ended(reply: Reply) -> Result<HostOutcome, SessionError> {
    match reply {
        Reply::Undone { because } => Ok(HostOutcome::Undone { because }),
        Reply::Stuck { because, undo } => Ok(HostOutcome::Stuck { because, undo }),
        Reply::Locked { holder } => Ok(HostOutcome::Locked { holder }),
        other => Err(crate::session::unexpected(other)),
    }
}
