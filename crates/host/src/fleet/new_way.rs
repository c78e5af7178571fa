//! Proving over a new connection that one still gets in, and going back when one does not.
//!
//! Whoever changed a host stays connected until a newer session has taken over or confirmed: the
//! newer one is the proof, and if it does not come, the older one still holds the change and puts
//! it back.

use super::{Errand, HostOutcome, Target};
use crate::session::{Session, SessionError};
use crate::transport::Freshness;
use crate::wire::{Drill, Entry, Event, Guarding, Nonce, Outcome, Reply, Request, StepState};
use piton_plan::Login;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a host may need to put itself back, a boot included, before nobody waits any more.
const PUTTING_BACK: Duration = Duration::from_secs(180);

/// Nothing tells that a host answers again but asking it.
const BETWEEN_TRIES: Duration = Duration::from_secs(1);

/// A change that is open on one host, and the ways by which it may be confirmed.
pub(super) struct NewWay<'a> {
    /// The id of the plan, or of the way back, under which the change is open.
    pub(super) change: &'a str,
    /// What the host said when the change began; a confirmation has to say it.
    pub(super) nonce: &'a Nonce,
    pub(super) guard: Guarding,
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
        match self.ask(&mut new, &Request::Resume { plan_id: self.change.to_owned(), nonce: self.nonce.clone() }) {
            Ok(Reply::Done) => Ok(Ok(new)),
            Ok(other) => Ok(Err(self.revert(session, &crate::session::unexpected(other))?)),
            Err(error) => Ok(Err(self.revert(session, &error)?)),
        }
    }

    /// Has a new connection say that the change stays; else has the old one put it back.
    pub(super) fn confirm(&self, session: &mut Session) -> Result<HostOutcome, SessionError> {
        if self.errand.drill == Some(Drill::HoldConfirm) {
            (self.hear)(&self.target.host, Event::Held { place: "before the confirmation".into() });
            session.until_it_ends();
        }
        let mut witness = match self.open() {
            Ok(witness) => witness,
            Err(error) => return self.revert(session, &error),
        };
        self.ask(session, &Request::Release)?;
        match self.ask(&mut witness, &Request::Confirm { plan_id: self.change.to_owned(), nonce: self.nonce.clone() }) {
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

    /// The session was lost, or refused to go on, in the middle of a change. The host puts back
    /// what nobody confirms, so once it answers again it tells what became of it.
    pub(super) fn after_loss(&self, error: SessionError) -> HostOutcome {
        let because = error.to_string();
        let Some((entry, by)) = self.await_end(&because) else { return HostOutcome::Unknown { because } };
        match entry.outcome {
            Outcome::Kept => HostOutcome::Kept { by },
            Outcome::Undone => HostOutcome::Reverted { because },
            Outcome::Interrupted => {
                let done = entry.whole_steps().iter().filter(|step| step.state == StepState::Done).count();
                HostOutcome::Interrupted { because, done }
            }
            Outcome::Open | Outcome::RolledBack => HostOutcome::Unknown { because },
        }
    }

    /// A session could not put all of it back; the guard tries on once that session has ended.
    pub(super) fn after_stuck(&self, outcome: HostOutcome) -> HostOutcome {
        match outcome {
            HostOutcome::Stuck { because, undo } if self.guard != Guarding::Waived => {
                match self.await_end(&undo.to_string()) {
                    Some((entry, _)) if entry.outcome == Outcome::Undone => HostOutcome::Undone { because },
                    _ => HostOutcome::Stuck { because, undo },
                }
            }
            other => other,
        }
    }

    /// Reaches the host again, however long it takes to put itself back, and hears how the change
    /// ended there.
    fn await_end(&self, because: &str) -> Option<(Entry, String)> {
        let agreed = match self.guard {
            Guarding::Seconds(seconds) => Duration::from_secs(seconds.into()),
            Guarding::Waived => Duration::ZERO,
        };
        let end = Instant::now() + agreed + PUTTING_BACK;
        (self.hear)(&self.target.host, Event::Lost { because: because.to_owned() });
        loop {
            if let Ok(mut session) = super::reach(self.target, self.errand)
                && let Ok(Reply::History { entries }) =
                    self.ask(&mut session, &Request::Await { plan_id: self.change.to_owned() })
                // A change that took its own journal away is written down again by the guard.
                && let Some(entry) = entries.into_iter().next()
            {
                return Some((entry, session.login.to_string()));
            }
            if Instant::now() >= end {
                return None;
            }
            sleep(BETWEEN_TRIES);
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
