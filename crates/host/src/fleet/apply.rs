//! Carrying a plan out on its hosts, and proving over a new connection that one still gets in.
//!
//! The way of one host: begin; run the opening stage; before the closing stage, go over to a new
//! connection by the declared path, which is then all there is; at the end, confirm over yet
//! another ([`super::new_way`]). Every change is confirmed so, whatever its steps are: a
//! package that brings a firewall looks as harmless as one that brings an editor.

use super::new_way::{NewWay, ended};
use super::{Errand, Target, side_by_side};
use crate::session::{Session, SessionError};
use crate::system::Fault;
use crate::wire::{Event, Guarding, Holder, Nonce, Reply, Request};
use piton_plan::{HostPlan, StageName};
use piton_reach::Proven;
use serde::Serialize;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Clone, Copy, Debug)]
pub struct ApplyOptions {
    /// One host's failure keeps hosts that were not begun untouched.
    pub stop_on_failure: bool,
    /// Wait for whoever else is changing a host.
    pub wait: bool,
    pub guard: Guarding,
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
    /// Done, and confirmed over a new connection by this login.
    Kept {
        by: String,
    },
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
    /// There was nothing to do yet: something has to be known of another host first.
    Waiting {
        waits: Vec<String>,
    },
    /// Not begun, because another host failed first.
    Untouched,
}

impl HostOutcome {
    pub fn is_good(&self) -> bool {
        matches!(self, HostOutcome::Unchanged | HostOutcome::Kept { .. })
    }
}

/// Applies a plan that was shown to keep the operator's way open. `sessions` are the greeted hosts of the plan; what happens is heard as it happens.
pub fn apply(
    proven: &Proven,
    sessions: Vec<(Target, Result<Session, SessionError>)>,
    errand: &Errand,
    options: ApplyOptions,
    hear: &(dyn Fn(&str, Event) + Sync),
) -> Vec<HostReport> {
    let plan = proven.plan();
    let failed = AtomicBool::new(false);
    side_by_side(sessions, errand.jobs, |(target, session)| {
        let host_plan = plan.hosts.iter().find(|host| host.host == target.host);
        let steps = host_plan.map_or(0, |host| host.steps().filter(|step| !step.bridge).count());
        let outcome = match (host_plan, session) {
            (_, _) if options.stop_on_failure && failed.load(Ordering::SeqCst) => HostOutcome::Untouched,
            (_, Err(error)) => unreachable_outcome(error),
            (None, Ok(_)) => HostOutcome::Unchanged,
            (Some(host_plan), Ok(session)) => {
                HostChange { plan_id: &plan.id, plan: host_plan, target: &target, errand, hear }.run(session, options)
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
    fn run(&self, mut session: Session, options: ApplyOptions) -> HostOutcome {
        if self.plan.is_empty() {
            session.close();
            let waits: Vec<String> = self.plan.waits.iter().map(|wait| wait.reason.clone()).collect();
            return if waits.is_empty() { HostOutcome::Unchanged } else { HostOutcome::Waiting { waits } };
        }
        let begin = Request::Begin {
            plan: Box::new(self.plan.clone()),
            plan_id: self.plan_id.to_owned(),
            wait: options.wait,
            guard: options.guard,
        };
        match session.ask(&begin, &mut |_| {}) {
            Ok(Reply::Begun { nonce }) => {
                let way = self.way(&nonce, options.guard);
                // Every session ends here, so that the guard can go on where they could not.
                let ended = self.carry_out(session, &way);
                ended.map_or_else(|error| way.after_loss(error), |outcome| way.after_stuck(outcome))
            }
            Ok(Reply::Locked { holder }) => HostOutcome::Locked { holder },
            Ok(other) => super::new_way::ended(other)
                .unwrap_or_else(|error| HostOutcome::Unreachable { because: error.to_string(), help: None }),
            Err(SessionError::Refused(because)) => HostOutcome::Refused { because },
            // It may have begun all the same; nothing was asked of it yet.
            Err(lost) => HostOutcome::Unreachable { because: lost.to_string(), help: None },
        }
    }

    fn carry_out(&self, mut session: Session, way: &NewWay<'_>) -> Result<HostOutcome, SessionError> {
        for (index, stage) in self.plan.stages.iter().enumerate() {
            if stage.name == StageName::Close && session.login != self.plan.login {
                match way.go_over(&mut session)? {
                    // The old path ends while it still can: once it is closed, not even a goodbye
                    // gets through, and the host would wait for one.
                    Ok(new) => std::mem::replace(&mut session, new).close(),
                    Err(outcome) => return Ok(outcome),
                }
            }
            match way.ask(&mut session, &Request::Stage { index })? {
                Reply::Done => {}
                other => return ended(other),
            }
        }
        let outcome = way.confirm(&mut session)?;
        session.close();
        Ok(outcome)
    }

    fn way<'b>(&'b self, nonce: &'b Nonce, guard: Guarding) -> NewWay<'b> {
        let logins = std::slice::from_ref(&self.plan.login);
        let (target, errand, hear) = (self.target, self.errand, self.hear);
        NewWay { change: self.plan_id, nonce, guard, logins, target, errand, hear }
    }
}
