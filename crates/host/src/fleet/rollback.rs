//! Going back on one host, with the same proof as for going forward.

use super::new_way::NewWay;
use super::{Errand, HostOutcome, Target};
use crate::session::{Session, SessionError};
use crate::wire::{Entry, Event, Reply, Request};
use piton_plan::Login;

/// Puts the newest change of a host back. Whichever of the host's two ways leads in afterwards
/// confirms it: going back may well take the declared one away.
pub fn rollback(
    target: &Target,
    mut session: Session,
    entry: &Entry,
    anyway: bool,
    errand: &Errand,
    hear: &(dyn Fn(&str, Event) + Sync),
) -> HostOutcome {
    let change = format!("rollback-{}-{}", entry.generation, entry.plan_id);
    let logins: Vec<Login> = [&target.login].into_iter().chain(&target.first).cloned().collect();
    let way = NewWay { change: &change, logins: &logins, target, errand, hear };
    let request = Request::Rollback { plan_id: change.clone(), anyway };
    match way.ask(&mut session, &request) {
        Ok(Reply::Done) => way.confirm(&mut session).unwrap_or_else(|error| way.after_loss(error)),
        Ok(Reply::Locked { holder }) => HostOutcome::Locked { holder },
        Ok(other) => super::new_way::ended(other).unwrap_or_else(|error| way.after_loss(error)),
        Err(SessionError::Refused(because)) => HostOutcome::Refused { because },
        Err(error) => way.after_loss(error),
    }
}
