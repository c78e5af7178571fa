//! wanted − observed = plan.

use crate::{
    Aim, Digest, Expect, Facts, HostPlan, Key, Login, Observed, Owned, Plan, Resource, SCHEMA, Step, Unreachable, Verb,
    Wait, order,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What one host shall be.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    pub host: String,
    pub login: Login,
    pub resources: Vec<Resource>,
    pub waits: Vec<Wait>,
}

/// What one host answered when it was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HostView {
    pub facts: Facts,
    pub generation: u64,
    pub owned: Vec<Owned>,
    /// Every wanted and every owned resource, as it is.
    pub observed: Vec<(Key, Observed)>,
}

/// Computes the plan for the hosts that answered. A host that did not answer is in `unreachable`.
pub fn make(
    site: &str,
    site_digest: Digest,
    version: &str,
    hosts: &[(Wanted, HostView)],
    unreachable: Vec<Unreachable>,
) -> Plan {
    let plan = Plan {
        schema: SCHEMA.to_owned(),
        id: String::new(),
        site: site.to_owned(),
        aim: Aim::Hosts,
        site_digest,
        version: version.to_owned(),
        hosts: hosts.iter().map(|(wanted, view)| host_plan(wanted, view)).collect(),
        unreachable,
    };
    plan.sealed()
}

fn host_plan(wanted: &Wanted, view: &HostView) -> HostPlan {
    let seen: BTreeMap<&Key, &Observed> = view.observed.iter().map(|(key, seen)| (key, seen)).collect();
    let kept: BTreeSet<Key> = wanted.resources.iter().map(Resource::key).collect();
    let waiting: BTreeSet<&Key> = wanted.waits.iter().map(|wait| &wait.key).collect();

    let mut steps = Vec::new();
    for resource in &wanted.resources {
        if let Some(seen) = seen.get(&resource.key()) {
            steps.extend(steps_towards(resource, seen));
        }
    }
    let mut forget = Vec::new();
    for owned in &view.owned {
        let key = owned.resource.key();
        if kept.contains(&key) || waiting.contains(&key) {
            continue;
        }
        match seen.get(&key) {
            Some(seen) if !owned.resource.is_absent(seen) => steps.push(step_away(owned, seen)),
            _ => forget.push(key),
        }
    }
    HostPlan {
        host: wanted.host.clone(),
        login: wanted.login.clone(),
        parent: view.generation,
        observed: Digest::of_json(&view.observed),
        stages: order::stages(steps),
        forget,
        waits: wanted.waits.clone(),
        destroys: Vec::new(),
    }
}

/// The folders with data that the host has from piton and that the site names no more.
pub(crate) fn left_behind(wanted: &Wanted, view: &HostView) -> Vec<String> {
    let waiting = |key: &Key| wanted.waits.iter().any(|wait| wait.key == *key);
    let owned = view.owned.iter().map(|owned| &owned.resource).filter(|resource| !waiting(&resource.key()));
    let named: BTreeSet<&String> = wanted.resources.iter().flat_map(data_folders).collect();
    owned.flat_map(data_folders).filter(|path| !named.contains(path)).cloned().collect()
}

fn data_folders(resource: &Resource) -> impl Iterator<Item = &String> {
    let stack = match resource {
        Resource::Stack(stack) => Some(stack),
        _ => None,
    };
    stack.into_iter().flat_map(|stack| &stack.directories).filter(|it| it.data).map(|it| &it.path)
}

fn steps_towards(resource: &Resource, seen: &Observed) -> Vec<Step> {
    let differences = resource.differences(seen);
    if differences.is_empty() {
        return Vec::new();
    }
    let verb = if resource.is_absent(seen) { Verb::Add } else { Verb::Change };
    let expect = Expect::Seen(Digest::of_json(seen));
    let part = |resource: &Resource, differences, bridge| Step {
        verb,
        resource: resource.clone(),
        expect: expect.clone(),
        differences,
        effect: resource.effect(verb, seen),
        bridge,
    };
    let bridge = resource.bridge(seen).map(|half| {
        let differences = half.differences(seen);
        // What is seen of a half is not what was seen of the whole, so only the start is checked.
        Step { expect: Expect::AtTheStart(Digest::of_json(seen)), ..part(&half, differences, true) }
    });
    bridge.into_iter().chain([part(resource, differences, false)]).collect()
}

fn step_away(owned: &Owned, seen: &Observed) -> Step {
    Step {
        verb: Verb::Remove,
        resource: owned.resource.clone(),
        expect: Expect::Seen(Digest::of_json(seen)),
        differences: Vec::new(),
        effect: owned.resource.effect(Verb::Remove, seen),
        bridge: false,
    }
}
