//! Going back on one host, with the same proof as for going forward.

use super::new_way::NewWay;
use super::{Errand, HostOutcome, Target};
use crate::session::{Session, SessionError};
use crate::wire::{Entry, Event, Guarding, Nonce, Reply, Request};
use piton_plan::Login;

/// Puts the newest change of a host back. Whichever of the host's two ways leads in afterwards
/// confirms it: going back may well take the declared one away.
pub fn rollback(
    target: &Target,
    mut session: Session,
    entry: &Entry,
    anyway: bool,
    guard: Guarding,
    errand: &Errand,
    hear: &(dyn Fn(&str, Event) + Sync),
) -> HostOutcome {
    let change = format!("rollback-{}-{}", entry.generation, entry.plan_id);
    let logins: Vec<Login> = [&target.login].into_iter().chain(&target.first).cloned().collect();
    let request = Request::Rollback { plan_id: change.clone(), anyway, guard };
    let way = |nonce| NewWay { change: &change, nonce, guard, logins: &logins, target, errand, hear };
    // Until the host has said the nonce, nothing can be confirmed, and nothing needs it.
    let unnamed = Nonce::default();
    match way(&unnamed).ask(&mut session, &request) {
        Ok(Reply::Begun { nonce }) => {
            let way = way(&nonce);
            let confirmed = way.confirm(&mut session);
            drop(session);
            confirmed.map_or_else(|error| way.after_loss(error), |outcome| way.after_stuck(outcome))
        }
        Ok(Reply::Locked { holder }) => HostOutcome::Locked { holder },
        Ok(other) => {
            let ended = super::new_way::ended(other);
            drop(session);
            ended.map_or_else(|error| way(&unnamed).after_loss(error), |outcome| way(&unnamed).after_stuck(outcome))
        }
        Err(SessionError::Refused(because)) => HostOutcome::Refused { because },
        Err(error) => way(&unnamed).after_loss(error),
    }
}
