//! What a plan opens to whom, and whether the site says that it shall be open.

use crate::answer::{Answer, Because, Verdict};
use crate::journey::Model;
use crate::map;
use crate::packet::Protocol;
use crate::sources::Who;
use crate::state::State;
use piton_plan::kind::Kind;
use piton_plan::{HostPlan, Resource, Verb};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// A port that somebody can open afterwards and could not before.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Opened {
    pub protocol: Protocol,
    pub port: u16,
    /// The last one of several in a row of which the same holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_port: Option<u16>,
    pub behind: String,
    pub to: Who,
    /// A rule or a service of the site's lets everyone in, or it is the port of ssh or of the mesh.
    pub declared: bool,
    pub because: Vec<Because>,
}

impl Opened {
    fn of(door: &map::Door, to: Who, declared: bool, answer: &Answer) -> Opened {
        let map::Door { protocol, port, behind, .. } = door.clone();
        Opened { protocol, port, last_port: None, behind, to, declared, because: answer.because.clone() }
    }

    pub fn is_to_the_world(&self) -> bool {
        self.to == Who::World
    }

    /// Takes the next port in, if the same holds of it. The lines stay those of the first: they differ by the port alone.
    pub(crate) fn takes_in(&mut self, next: &Opened) -> bool {
        let last = self.last_port.unwrap_or(self.port);
        let is_next = last.checked_add(1) == Some(next.port) && next.last_port.is_none();
        let is_same = (self.protocol, &self.behind, self.to, self.declared)
            == (next.protocol, &next.behind, next.to, next.declared);
        if is_next && is_same {
            self.last_port = Some(next.port);
        }
        is_next && is_same
    }
}

impl fmt::Display for Opened {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.last_port.map(|last| format!("-{last}")).unwrap_or_default();
        write!(out, "{}{last}/{} ({})", self.port, self.protocol, self.behind)
    }
}

const ASKED: [Who; 3] = [Who::World, Who::Mesh, Who::Containers];

/// What a plan opens, between the state before it and the one after it.
pub(super) fn opened(before: &State, after: &State, plan: &HostPlan) -> Vec<Opened> {
    let said = said_by_stacks(plan);
    let rows = |state: &State| map::rows(&Model::new(state), &ASKED);
    // What takes sshd's port from it opens another door.
    let key = |who: Who, row: &map::Row| (row.door.protocol, row.door.port, who, row.door.behind == "sshd");
    let mut open_before = BTreeSet::new();
    for row in rows(before) {
        let open = row.open_to.iter().filter(|(_, answer)| answer.verdict == Verdict::Open);
        open_before.extend(open.map(|(who, _)| key(*who, &row)));
    }
    let mut found = Vec::new();
    for row in rows(after) {
        for (who, answer) in &row.open_to {
            if answer.verdict != Verdict::Open || open_before.contains(&key(*who, &row)) {
                continue;
            }
            let declared = is_declared(after, row.door.protocol, row.door.port)
                || said.contains(&(row.door.protocol, row.door.port));
            found.push(Opened::of(&row.door, *who, declared, answer));
        }
    }
    found
}

/// What the world can open in the end although a step takes back the rule that let it: the filter was never asked.
pub(super) fn still_open(after: &State, plan: &HostPlan) -> Vec<Opened> {
    let removed = plan.steps().filter(|step| step.verb == Verb::Remove);
    let names: Vec<String> = removed
        .filter_map(|step| match &step.resource {
            Resource::FilterRule(rule) => Some(rule.name()),
            _ => None,
        })
        .collect();
    if names.is_empty() {
        return Vec::new();
    }
    let said = said_by_stacks(plan);
    let lets_no_more = |door: &map::Door| {
        let (protocol, port) = (door.protocol, door.port);
        let declared = is_declared(after, protocol, port) || said.contains(&(protocol, port));
        !declared && names.iter().any(|name| lets_everyone(name, protocol, port))
    };
    let rows = map::rows(&Model::new(after), &[Who::World]);
    let open = rows.iter().filter(|row| lets_no_more(&row.door));
    open.filter_map(|row| {
        let answer = row.answer(Who::World).filter(|answer| answer.is_open())?;
        Some(Opened::of(&row.door, Who::World, false, answer))
    })
    .collect()
}

/// The ports that the plan's stacks open to everyone by the site's word.
fn said_by_stacks(plan: &HostPlan) -> BTreeSet<(Protocol, u16)> {
    let stacks = plan.steps().filter_map(|step| match &step.resource {
        Resource::Stack(stack) => Some(stack),
        _ => None,
    });
    let ports = stacks.flat_map(|stack| &stack.ports).filter(|port| port.to_the_world);
    ports.map(|port| (port.protocol.into(), port.port)).collect()
}

/// Whether the port is one that the site opens by name.
fn is_declared(state: &State, protocol: Protocol, port: u16) -> bool {
    let ssh = state.access.ssh.as_ref().is_some_and(|ssh| ssh.ports.contains(&port)) && protocol == Protocol::Tcp;
    let mesh = state.tunnels.iter().any(|tunnel| tunnel.port == port) && protocol == Protocol::Udp;
    let rules = state.ufw.iter().flat_map(|ufw| &ufw.rules);
    ssh || mesh || rules.into_iter().any(|rule| lets_everyone(&rule.name, protocol, port))
}

/// Reads the name of a rule: `allow 443/tcp`, `limit 1000:2000`, `allow any`.
fn lets_everyone(name: &str, protocol: Protocol, port: u16) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let [action, what] = words.as_slice() else { return false };
    let (ports, of) = what.split_once('/').unwrap_or((what, ""));
    let fits = match ports {
        "any" => true,
        ports => crate::filter::words::span(ports).is_some_and(|span| span.contains(port)),
    };
    matches!(*action, "allow" | "limit") && (of.is_empty() || of == protocol.to_string()) && fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_in_a_row_of_which_the_same_holds_are_told_as_one() {
        let opened = |port, to, behind: &str| Opened {
            protocol: Protocol::Tcp,
            port,
            last_port: None,
            behind: behind.to_owned(),
            to,
            declared: false,
            because: Vec::new(),
        };
        let mut row = opened(80, Who::World, "web");
        assert!(row.takes_in(&opened(81, Who::World, "web")) && row.takes_in(&opened(82, Who::World, "web")));
        assert_eq!(row.to_string(), "80-82/tcp (web)");
        for other in [opened(84, Who::World, "web"), opened(83, Who::Mesh, "web"), opened(83, Who::World, "db")] {
            assert!(!row.takes_in(&other), "{other}");
        }
    }

    #[test]
    fn a_rule_s_name_says_whom_it_lets_in() {
        let lets = |name: &str| lets_everyone(name, Protocol::Tcp, 443);
        assert!(lets("allow 443/tcp") && lets("limit 400:500/tcp") && lets("allow any") && lets("allow 443"));
        assert!(!lets("deny 443/tcp") && !lets("allow 443/udp") && !lets("allow 443/tcp from 10.0.0.0/24"));
    }
}
