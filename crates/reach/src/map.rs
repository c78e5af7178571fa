//! The map of a host: everything that can be opened there, and by whom.

use crate::answer::{Answer, Because, Question, Source, Verdict};
use crate::filter::{Action, End, Family, Filter, Hook, Is, Part, Rule, Test};
use crate::journey::Model;
use crate::packet::Protocol;
use crate::predict::docker::is_holder;
use crate::sources::{CLASSES, Who, is_public};
use crate::state::{LinkKind, Published, State};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Something on a host that can be opened.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Door {
    pub protocol: Protocol,
    pub port: u16,
    /// The addresses that it is bound to; unspecified ones mean all.
    pub bound: BTreeSet<IpAddr>,
    /// The program that listens, or the machine that it is sent on to.
    pub behind: String,
}

/// A door, and who can open it because of what.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    #[serde(flatten)]
    pub door: Door,
    pub open_to: Vec<(Who, Answer)>,
}

impl Row {
    pub fn answer(&self, who: Who) -> Option<&Answer> {
        self.open_to.iter().find(|(other, _)| *other == who).map(|(_, answer)| answer)
    }
}

/// Every door of a host: who listens, and what is sent on. What Docker holds for a container is the container's.
pub fn doors(state: &State) -> Vec<Door> {
    let mut found: BTreeMap<(Protocol, u16, String), BTreeSet<IpAddr>> = BTreeMap::new();
    for published in &state.docker.published {
        let key = (published.protocol, published.port, behind(state, published));
        found.entry(key).or_default().insert(published.address);
    }
    for listener in &state.sockets {
        let held = |published: &&Published| {
            is_holder(listener) && (published.protocol, published.port) == (listener.protocol, listener.port)
        };
        let same = |published: &&Published| {
            let both = published.address.is_unspecified() && listener.address.is_unspecified();
            held(published) && (both || published.address == listener.address)
        };
        let mut all = state.docker.published.iter();
        let name = match all.clone().find(same).or_else(|| all.find(held)) {
            Some(published) => behind(state, published),
            None => {
                listener.container.clone().or_else(|| listener.program.clone()).unwrap_or_else(|| "somebody".into())
            }
        };
        found.entry((listener.protocol, listener.port, name)).or_default().insert(listener.address);
    }
    found.into_iter().map(|((protocol, port, behind), bound)| Door { protocol, port, bound, behind }).collect()
}

/// The container that a port is sent on to, or the machine if it is none that is known.
fn behind(state: &State, published: &Published) -> String {
    let container = state.docker.containers.iter().find(|container| container.addresses.contains(&published.to));
    container.map_or_else(|| format!("→ {}:{}", published.to, published.to_port), |container| container.name.clone())
}

/// Who can open what.
pub fn rows(model: &Model, classes: &[Who]) -> Vec<Row> {
    let places: Vec<(Who, Vec<Source>)> = classes.iter().map(|who| (*who, who.places(model.state()))).collect();
    let row = |door: Door| {
        let asked = places.iter().filter(|(_, places)| !places.is_empty());
        let open_to = asked.map(|(who, places)| (*who, open(model, &door, places))).collect();
        Row { door, open_to }
    };
    doors(model.state()).into_iter().map(row).collect()
}

/// The map for everybody.
pub fn of(model: &Model) -> Vec<Row> {
    rows(model, &CLASSES)
}

/// Whether any of these places can open a door, on any address that it is bound to.
fn open(model: &Model, door: &Door, places: &[Source]) -> Answer {
    let mut best: Option<Answer> = None;
    for source in places {
        for destination in destinations(model.state(), door, source) {
            let question = Question {
                source: source.clone(),
                destination,
                protocol: door.protocol,
                port: door.port,
                source_port: None,
            };
            let answer = model.ask(&question);
            let better = match (&best, answer.verdict) {
                (None, _) => true,
                (Some(best), Verdict::Open) => best.verdict != Verdict::Open,
                (Some(best), Verdict::Unknown) => best.verdict == Verdict::Closed,
                (Some(_), Verdict::Closed) => false,
            };
            if better {
                best = Some(answer);
            }
        }
    }
    let nothing = Because::new("socket", "it is bound to no address that could be asked for");
    let best = best.unwrap_or_else(|| Answer::closed(crate::answer::How::Silent, vec![nothing]));
    let is_unsure = model.state().docker.unsure.contains(&(door.protocol, door.port));
    match best.verdict {
        Verdict::Closed if is_unsure => {
            Answer::unknown(vec![Because::new("stack", "whom Docker lets in there cannot be foretold")])
        }
        _ => best,
    }
}

/// The addresses by which a source would ask for a door.
pub fn destinations(state: &State, door: &Door, source: &Source) -> Vec<IpAddr> {
    let mut found = BTreeSet::new();
    for bound in &door.bound {
        if !bound.is_unspecified() {
            found.extend(may_be_asked_for(state, *bound, source).then_some(*bound));
            continue;
        }
        match source {
            Source::Itself => {
                found.insert(Ipv4Addr::LOCALHOST.into());
            }
            Source::Outside { address, interface } => {
                let own =
                    state.addresses.iter().filter(|own| interface.as_ref().is_none_or(|name| &own.interface == name));
                let usable = own.map(|own| own.net.addr()).filter(|own| own.is_ipv6() == address.is_ipv6());
                // An IPv4 socket takes no IPv6; one for all of IPv6 usually takes both.
                found.extend(usable.filter(|own| own.is_ipv4() || bound.is_ipv6()).filter(|own| !is_link_local(*own)));
            }
        }
    }
    let same_family = |own: &IpAddr| match source {
        Source::Itself => true,
        Source::Outside { address, .. } => own.is_ipv6() == address.is_ipv6(),
    };
    found.into_iter().filter(same_family).collect()
}

/// Whether packets for an address of the host's come from there at all: nobody but the host itself, its containers and
/// the members of a network sends to an address that means something in that network only.
fn may_be_asked_for(state: &State, bound: IpAddr, source: &Source) -> bool {
    let Source::Outside { interface: Some(interface), .. } = source else { return true };
    if bound.is_loopback() {
        return false;
    }
    let is_there = state.addresses_of(interface).any(|own| own.net.addr() == bound);
    match state.link(interface).map(|link| link.kind) {
        // The host is a container's gateway, unless its network has no way out: then it has no gateway.
        Some(LinkKind::Bridge) => is_there || !is_enclosed(&state.filter, interface),
        _ => is_there || is_public(bound),
    }
}

/// Whether Docker drops everything that a network's containers send to anybody else.
fn is_enclosed(filter: &Filter, bridge: &str) -> bool {
    let for_others = |part: &Part| matches!(part, Part::Test(Test { not: true, is: Is::Address(End::Destination, _) }));
    let from_it = |part: &Part| matches!(part, Part::Test(Test { not: false, is: Is::Input(names) }) if names.iter().any(|name| name == bridge));
    let drops = |part: &Part| *part == Part::Do(Action::Drop);
    let encloses = |rule: &Rule| match rule.parts.as_slice() {
        [one, two, last] => (for_others(one) && from_it(two) || for_others(two) && from_it(one)) && drops(last),
        _ => false,
    };
    let chains = filter.tables.iter().flat_map(|table| &table.chains);
    chains.flat_map(|chain| &chain.rules).any(encloses)
}

fn is_link_local(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(v6) if v6.is_unicast_link_local())
}

/// The ports that some rule sends on to another machine, as Docker's do for what it publishes.
pub fn published(filter: &Filter) -> Vec<Published> {
    let mut found = Vec::new();
    for table in &filter.tables {
        let translates = table
            .chains
            .iter()
            .any(|chain| chain.base.as_ref().is_some_and(|base| base.nat && base.hook == Hook::Prerouting));
        if translates {
            let rules = table.chains.iter().flat_map(|chain| &chain.rules);
            found.extend(rules.filter_map(|rule| sent_on(rule, table.family == Family::Ip6)));
        }
    }
    found.sort();
    found.dedup();
    found
}

fn sent_on(rule: &Rule, v6: bool) -> Option<Published> {
    let any = if v6 { IpAddr::from(Ipv6Addr::UNSPECIFIED) } else { Ipv4Addr::UNSPECIFIED.into() };
    let (mut protocol, mut address, mut port) = (None, any, None);
    for part in &rule.parts {
        match part {
            Part::Test(test) if !test.not => match &test.is {
                Is::Protocol(spans) if spans.iter().any(|span| span.contains(6)) => protocol = Some(Protocol::Tcp),
                Is::Protocol(spans) if spans.iter().any(|span| span.contains(17)) => protocol = Some(Protocol::Udp),
                Is::Port(End::Destination, spans) => port = spans.first().map(|span| span.first),
                Is::Address(End::Destination, ranges) => {
                    address = ranges.first().filter(|range| range.first == range.last)?.first;
                }
                _ => {}
            },
            Part::Do(Action::SendTo { address: to, ports }) => {
                let (to, port) = ((*to)?.first, port?);
                let to_port = ports.map_or(port, |span| span.first);
                return Some(Published { protocol: protocol?, address, port, to, to_port });
            }
            _ => {}
        }
    }
    None
}
