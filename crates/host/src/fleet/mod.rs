//! Many hosts at once, from the operator's side.
//!
//! [`greet`] reaches them, [`look`] asks them, [`apply`] carries a plan out. Hosts are worked on
//! side by side and independent of each other; what happened is a value per host, never a panic
//! and never silence. Nothing here prints.

mod apply;
mod new_way;
mod rollback;

pub use apply::{ApplyOptions, HostOutcome, HostReport, apply};
pub use rollback::rollback;

use crate::images::Archives;
use crate::session::{Session, SessionError};
use crate::transport::{Freshness, Reaching};
use crate::wire::{Drill, Entry, Hello, ImageName, Led, PROTOCOL, Reply, Request};
use piton_plan::{HostPlan, Key, Login, Observed, Plan, Resource, Verb};
use piton_reach::State;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Mutex;
use std::thread;

/// A host and the ways to it.
#[derive(Clone, Debug)]
pub struct Target {
    pub host: String,
    /// The way that the site declares.
    pub login: Login,
    /// The way to a fresh server, tried when the declared one does not lead in yet.
    pub first: Option<Login>,
}

/// Who asks, why, and how hosts are reached.
#[derive(Clone, Debug)]
pub struct Errand {
    pub reaching: Reaching,
    /// How many hosts are worked on at once.
    pub jobs: usize,
    pub operator: String,
    pub reason: String,
    /// The site's mesh interface, whose public keys are asked for.
    pub mesh: Option<String>,
    pub drill: Option<Drill>,
}

impl Errand {
    /// For a session that is there to do something.
    fn hello(&self) -> Hello {
        Hello {
            protocol: PROTOCOL,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            operator: self.operator.clone(),
            reason: self.reason.clone(),
            mesh: self.mesh.clone(),
            look: false,
            drill: self.drill,
        }
    }
}

/// Reaches every host, the declared way first. Those of which `looks` is true are about to be
/// asked by [`look`], and tell of what they own at once.
pub fn greet(
    targets: &[Target],
    errand: &Errand,
    looks: impl Fn(&Target) -> bool + Sync,
) -> Vec<(String, Result<Session, SessionError>)> {
    side_by_side(targets.to_vec(), errand.jobs, |target| {
        let hello = Hello { look: looks(&target), ..errand.hello() };
        let session = reach_with(&target, errand, &hello);
        (target.host, session)
    })
}

/// Reaches one host.
pub fn reach(target: &Target, errand: &Errand) -> Result<Session, SessionError> {
    reach_with(target, errand, &errand.hello())
}

fn reach_with(target: &Target, errand: &Errand, hello: &Hello) -> Result<Session, SessionError> {
    let declared = Session::open(&target.login, &errand.reaching, Freshness::Any, hello);
    let (Err(SessionError::Trouble(trouble)), Some(first)) = (&declared, &target.first) else { return declared };
    if !trouble.kind.allows_another_way() || first == &target.login {
        return declared;
    }
    match Session::open(first, &errand.reaching, Freshness::Any, hello) {
        Ok(session) => Ok(session),
        // That the first way is closed as well is what a finished host looks like; the declared
        // way's trouble is the one to mend. But a key that changed must be heard.
        Err(SessionError::Trouble(other)) if other.kind.allows_another_way() => {
            let mut trouble = trouble.clone();
            trouble.what = format!("{}; and by {first}: {}", trouble.what, other.what);
            trouble.help = format!("{} {}", sentence(&trouble.help), name_the_old_way(&target.host));
            Err(trouble.into())
        }
        Err(other) => Err(other),
    }
}

/// A help text with an end, so that another can follow it.
fn sentence(help: &str) -> String {
    let end = if help.ends_with(['.', '?']) { "" } else { ";" };
    format!("{help}{end}")
}

/// The next step where the site may have changed the admin or the port of a host in use.
fn name_the_old_way(host: &str) -> String {
    format!("if it still answers the old way, name that: `first = \"user@:port\"` in [hosts.{host}]")
}

/// What was asked of one host, and its answer.
pub type Looked = (String, Session, Result<Vec<(Key, Observed)>, SessionError>);

/// Asks each host for its own list of resources.
pub fn look(asked: Vec<(String, Session, Vec<Resource>)>, jobs: usize) -> Vec<Looked> {
    side_by_side(asked, jobs, |(host, mut session, resources)| {
        let seen = session.look(resources);
        (host, session, seen)
    })
}

/// What names of images lead to, as one host's engine found out.
pub type Digests = (String, Session, Result<BTreeMap<String, Led>, SessionError>);

/// Asks each host what its names of images lead to in their registries.
pub fn digests(asked: Vec<(String, Session, Vec<String>)>, jobs: usize) -> Vec<Digests> {
    side_by_side(asked, jobs, |(host, mut session, references)| {
        let found = if references.is_empty() { Ok(BTreeMap::new()) } else { session.digests(references) };
        (host, session, found)
    })
}

/// A host's network, for the ways in of these users.
pub type Network = (String, Session, Result<State, SessionError>);

/// Asks each host how its network is, for the ways in of these users.
pub fn networks(asked: Vec<(String, Session, Vec<String>)>, jobs: usize) -> Vec<Network> {
    side_by_side(asked, jobs, |(host, mut session, users)| {
        let state = session.network(users);
        (host, session, state)
    })
}

/// Sends each host the images that a plan wants there, as far as they lie at hand and the host lacks them. A host that
/// could not take them is not changed.
pub fn lay_images(
    sessions: Vec<(Target, Result<Session, SessionError>)>,
    plan: &Plan,
    archives: &Archives,
    jobs: usize,
    hear: &(dyn Fn(&str, u64, u64) + Sync),
) -> Vec<(Target, Result<Session, SessionError>)> {
    side_by_side(sessions, jobs, |(target, session)| {
        let wanted = plan.hosts.iter().find(|host| host.host == target.host).map(images_of).unwrap_or_default();
        let session = session.and_then(|mut session| {
            if !wanted.is_empty() {
                session.lay(wanted, archives, &mut |sent, of| hear(&target.host, sent, of))?;
            }
            Ok(session)
        });
        (target, session)
    })
}

/// The images that a plan names by what they must lead to.
fn images_of(plan: &HostPlan) -> Vec<ImageName> {
    let stacks = plan.steps().filter(|step| step.verb != Verb::Remove).filter_map(|step| match &step.resource {
        Resource::Stack(stack) => Some(stack),
        _ => None,
    });
    let images = stacks.flat_map(|stack| &stack.containers).map(|container| &container.image);
    let named =
        images.filter_map(|image| Some(ImageName { reference: image.reference.clone(), id: image.id.clone()? }));
    named.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The newest changes of one host.
pub fn history(session: &mut Session, limit: usize) -> Result<Vec<Entry>, SessionError> {
    match session.ask(&Request::History { limit }, &mut |_| {})? {
        Reply::History { entries } => Ok(entries),
        other => Err(crate::session::unexpected(other)),
    }
}

/// Works through items with a few threads; answers in the order of the items.
fn side_by_side<T: Send, R: Send>(items: Vec<T>, jobs: usize, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let count = items.len();
    let queue = Mutex::new(items.into_iter().enumerate().collect::<VecDeque<_>>());
    let results = Mutex::new(Vec::with_capacity(count));
    let next = || queue.lock().ok().and_then(|mut queue| queue.pop_front());
    thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, count.max(1)) {
            scope.spawn(|| {
                while let Some((index, item)) = next() {
                    let result = work(item);
                    if let Ok(mut results) = results.lock() {
                        results.push((index, result));
                    }
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_the_order_of_the_questions() {
        let squares = side_by_side((0..50u64).collect(), 7, |number| number * number);
        assert_eq!(squares, (0..50u64).map(|number| number * number).collect::<Vec<_>>());
    }

    #[test]
    fn no_items_are_no_answers() {
        assert_eq!(side_by_side(Vec::<u8>::new(), 4, |byte| byte), Vec::<u8>::new());
    }
}
