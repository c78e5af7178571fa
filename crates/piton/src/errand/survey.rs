//! Greeting the hosts, looking at them, and making the plan.

use super::proof::prove;
use super::secrets::hand_over;
use super::{Ground, images, lines, pins, target};
use crate::failure::{Failure, session_problem};
use piton_catalog::{Known, blueprint};
use piton_config::{Host, Problem};
use piton_host::fleet::{self, Target};
use piton_host::session::{Session, SessionError};
use piton_plan::{HostView, Key, Plan, Resource, Unreachable, Wanted, lint};
use piton_reach::Shown;
use piton_secrets::Secrets;
use std::collections::{BTreeMap, BTreeSet};

/// What the hosts answered: a plan, and the sessions over which it was made.
pub(crate) struct Survey {
    pub(crate) plan: Plan,
    /// Every host that was asked for, with its session or why there is none.
    pub(crate) sessions: Vec<(Target, Result<Session, SessionError>)>,
    /// What was shown of the plan for each host that has something to do.
    pub(crate) shown: Vec<Shown>,
    /// Hosts that could not be reached, in words.
    pub(crate) unreached: Vec<Problem>,
    /// Hosts whose last change stopped midway.
    pub(crate) interrupted: Vec<String>,
    /// Images of which no registry said what their name leads to, in words.
    pub(crate) unpinned: Vec<String>,
}

type Answered = (Target, Result<Session, SessionError>);

/// Reaches the hosts that are named (or all), and plans for them. `tell` hears what each is at.
pub(crate) fn survey(
    ground: &Ground,
    names: &[String],
    secrets: &Secrets,
    tell: &dyn Fn(&str, &str),
) -> Result<Survey, Failure> {
    let selected = ground.selected(names)?;
    let is_selected = |target: &Target| selected.iter().any(|host| host.name == target.host);
    let (wanted, greeted) = greeted(ground, &selected, tell)?;
    let interrupted = interrupted(&greeted);
    let (mine, others): (Vec<_>, Vec<_>) = greeted.into_iter().partition(|(target, _)| is_selected(target));
    // Asked for their mesh keys only; one that did not answer shows as what waits for it.
    drop(others);
    let mine = mine.into_iter().map(|(target, session)| {
        let session = match wanted.get(&target.host) {
            Some(rendered) => session.and_then(|session| hand_over(session, secrets, rendered.resources.iter())),
            None => session,
        };
        (target, session)
    });
    let mine: Vec<Answered> = mine.collect();
    let (mut looked, sessions) = look(wanted, mine, ground.errand.jobs);
    let (sessions, resolved) = pins::resolve_missing(&mut looked, sessions, ground.errand.jobs);
    let unreached: Vec<Problem> = sessions
        .iter()
        .filter_map(|(target, session)| session.as_ref().err().map(|error| session_problem(&target.host, error)))
        .collect();
    let plan = piton_plan::make(
        &ground.site.name,
        ground.digest(),
        env!("CARGO_PKG_VERSION"),
        &looked,
        unreachable(&sessions),
    );
    let plan = plan.aimed_at(ground.aim);
    let plan = if ground.destroy_data { plan.destroying_data(&looked) } else { plan };
    let (sessions, shown) = prove(&plan, sessions, ground.errand.jobs);
    let shown = shown.into_iter().map(|shown| shown.map_err(|refusal| lines::explain(ground, refusal))).collect();
    Ok(Survey { plan, sessions, shown, unreached, interrupted, unpinned: resolved.notes() })
}

/// Reaches hosts, and says what each of them shall be.
pub(crate) fn greeted(
    ground: &Ground,
    selected: &[&Host],
    tell: &dyn Fn(&str, &str),
) -> Result<(BTreeMap<String, Wanted>, Vec<Answered>), Failure> {
    let needed = needed(ground, selected);
    let targets: Vec<Target> = needed.iter().map(|host| target(host)).collect();
    let is_selected = |target: &Target| selected.iter().any(|host| host.name == target.host);
    let greeted = fleet::greet(&targets, &ground.errand, is_selected);
    let greeted: Vec<Answered> = targets.into_iter().zip(greeted.into_iter().map(|(_, session)| session)).collect();
    for (target, session) in &greeted {
        tell(&target.host, if session.is_ok() { "looking" } else { "not reached" });
    }
    Ok((render(ground, selected, &greeted)?, greeted))
}

/// The hosts to greet: those selected and, where one of them is in the mesh, its other members.
fn needed<'a>(ground: &'a Ground, selected: &[&'a Host]) -> Vec<&'a Host> {
    let meshed = |host: &Host| host.mesh_address.is_some() && host.settings.mesh.is_some();
    let mesh = selected.iter().any(|host| meshed(host));
    let is_needed = |host: &&Host| selected.iter().any(|selected| selected.name == host.name) || (mesh && meshed(host));
    ground.site.hosts.iter().filter(is_needed).collect()
}

/// The blueprint of every selected host that answered; all that is wrong with them at once.
fn render(ground: &Ground, selected: &[&Host], greeted: &[Answered]) -> Result<BTreeMap<String, Wanted>, Failure> {
    let answered = greeted.iter().filter_map(|(target, session)| Some((target, session.as_ref().ok()?)));
    let known: BTreeMap<String, Known> = answered
        .map(|(target, session)| {
            let interface = ground.errand.mesh.as_deref().unwrap_or_default();
            let mesh_key = session.greeting.mesh.get(interface).copied();
            (target.host.clone(), Known { facts: &session.greeting.facts, mesh_key })
        })
        .collect();
    let mut wanted = BTreeMap::new();
    let mut problems = Vec::new();
    for host in selected.iter().filter(|host| known.contains_key(&host.name)) {
        match blueprint(&ground.site, host, &known) {
            Ok(mut rendered) => {
                images::settle(&mut rendered, &ground.archives);
                ground.pins.settle(&mut rendered);
                wanted.insert(host.name.clone(), rendered);
            }
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        return Err(ground.folder.explain(Failure::catalog(problems)));
    }
    let violations: Vec<_> = wanted.values().flat_map(lint::check).collect();
    match violations.is_empty() {
        true => Ok(wanted),
        false => Err(Failure::lint(violations)),
    }
}

/// Asks each host for all that is wanted, and for all that it owns and that is not.
fn look(
    mut wanted: BTreeMap<String, Wanted>,
    greeted: Vec<Answered>,
    jobs: usize,
) -> (Vec<(Wanted, HostView)>, Vec<Answered>) {
    let mut targets = Vec::new();
    let mut lost = Vec::new();
    let mut questions = Vec::new();
    for (target, session) in greeted {
        match (session, wanted.get(&target.host)) {
            (Ok(session), Some(rendered)) => {
                let resources = questions_for(rendered, &session);
                questions.push((target.host.clone(), session, resources));
                targets.push(target);
            }
            (Ok(_), None) => {}
            (Err(error), _) => lost.push((target, Err(error))),
        }
    }
    let mut views = Vec::new();
    let mut sessions = Vec::new();
    for (target, (host, session, seen)) in targets.into_iter().zip(fleet::look(questions, jobs)) {
        match (seen, wanted.remove(&host)) {
            (Ok(observed), Some(rendered)) => {
                let greeting = &session.greeting;
                let view = HostView {
                    facts: greeting.facts.clone(),
                    generation: greeting.generation,
                    owned: greeting.owned.clone(),
                    observed,
                };
                views.push((rendered, view));
                sessions.push((target, Ok(session)));
            }
            (Err(error), _) => sessions.push((target, Err(error))),
            (Ok(_), None) => {}
        }
    }
    sessions.extend(lost);
    (views, sessions)
}

fn questions_for(wanted: &Wanted, session: &Session) -> Vec<Resource> {
    let keys: BTreeSet<Key> = wanted.resources.iter().map(Resource::key).collect();
    let owned = session.greeting.owned.iter().map(|owned| &owned.resource);
    let left = owned.filter(|resource| !keys.contains(&resource.key()));
    wanted.resources.iter().chain(left).cloned().collect()
}

fn unreachable(sessions: &[Answered]) -> Vec<Unreachable> {
    let lost = |(target, session): &Answered| {
        let reason = session.as_ref().err()?.to_string();
        Some(Unreachable { host: target.host.clone(), reason })
    };
    sessions.iter().filter_map(lost).collect()
}

fn interrupted(greeted: &[Answered]) -> Vec<String> {
    let of = |(target, session): &Answered| {
        let entry = session.as_ref().ok()?.greeting.interrupted.as_ref()?;
        let steps = entry.whole_steps();
        let begun = steps.iter().filter(|step| step.state != piton_host::wire::StepState::Untouched).count();
        Some(format!(
            "{}: the last change ({}) stopped midway, {begun} of {} steps had begun; this plan starts from what is there",
            target.host,
            entry.reason,
            steps.len()
        ))
    };
    greeted.iter().filter_map(of).collect()
}
