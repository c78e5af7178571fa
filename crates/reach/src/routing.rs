//! Where a packet goes: policy rules, tables, the longest prefix.

use crate::packet::Packet;
use crate::state::{PolicyRule, Route, RouteKind, RuleAction, State, TABLE_LOCAL};
use std::net::IpAddr;

/// What is looked up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lookup<'a> {
    pub(crate) destination: IpAddr,
    pub(crate) source: Option<IpAddr>,
    pub(crate) input: Option<&'a str>,
    pub(crate) mark: u32,
}

/// The answer, with the line that gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Routed {
    /// It is for the host itself.
    Here { line: String },
    /// It leaves by this interface.
    Out { interface: String, line: String },
    /// There is no way, or it is thrown away; `told`: the sender hears of it.
    Nowhere { told: bool, line: String },
    /// More than one way, or a rule that is not modelled.
    Unknown { line: String },
}

pub(crate) fn route(state: &State, lookup: Lookup) -> Routed {
    let v6 = lookup.destination.is_ipv6();
    let mut rules: Vec<&PolicyRule> = state.rules.iter().filter(|rule| rule.v6 == v6).collect();
    rules.sort_by_key(|rule| rule.priority);
    let mut doubtful = None;
    for rule in rules {
        if !fits(rule, lookup) {
            continue;
        }
        let found = match rule.action {
            RuleAction::Table(table) => best(state, table, lookup.destination, rule.suppress),
            RuleAction::Nothing => None,
            RuleAction::Blackhole => Some(nowhere(false, rule)),
            RuleAction::Unreachable | RuleAction::Prohibit => Some(nowhere(true, rule)),
        };
        let Some(found) = found else { continue };
        if let Some(what) = &rule.unmodelled {
            // It may hold or not; if what comes after agrees, it does not matter.
            doubtful.get_or_insert((found, what.clone()));
            continue;
        }
        return match doubtful {
            Some((other, what)) if other != found => {
                Routed::Unknown { line: format!("rule {}: {what}", rule.priority) }
            }
            _ => found,
        };
    }
    match doubtful {
        Some((_, what)) => Routed::Unknown { line: what },
        None => Routed::Nowhere { told: true, line: format!("no route to {}", lookup.destination) },
    }
}

fn nowhere(told: bool, rule: &PolicyRule) -> Routed {
    Routed::Nowhere { told, line: format!("rule {} lets nothing through", rule.priority) }
}

fn fits(rule: &PolicyRule, lookup: Lookup) -> bool {
    let from = rule.from.is_none_or(|net| match lookup.source {
        Some(source) => net.contains(&source),
        None => net.prefix_len() == 0,
    });
    let fits = from
        && rule.to.is_none_or(|net| net.contains(&lookup.destination))
        && rule.mark.is_none_or(|(value, mask)| lookup.mark & mask == value & mask)
        && rule.input.as_deref().is_none_or(|input| lookup.input.unwrap_or("lo") == input)
        && rule.output.is_none();
    fits != rule.not
}

/// The best route of a table; none when it has nothing to say.
fn best(state: &State, table: u32, destination: IpAddr, suppress: Option<u8>) -> Option<Routed> {
    let mut routes: Vec<&Route> =
        state.routes.iter().filter(|route| route.table == table && route.to.contains(&destination)).collect();
    routes.sort_by_key(|route| (std::cmp::Reverse(route.to.prefix_len()), route.metric));
    let route = routes.first()?;
    if suppress.is_some_and(|length| route.to.prefix_len() <= length) {
        return None;
    }
    let line = words(route);
    Some(match (route.kind, route.interfaces.as_slice()) {
        (RouteKind::Throw, _) => return None,
        (RouteKind::Local, _) => Routed::Here { line },
        (RouteKind::Blackhole, _) => Routed::Nowhere { told: false, line },
        (RouteKind::Unreachable | RouteKind::Prohibit, _) => Routed::Nowhere { told: true, line },
        (RouteKind::Broadcast | RouteKind::Multicast, _) => Routed::Nowhere { told: false, line },
        (RouteKind::Unicast, [interface]) => Routed::Out { interface: interface.clone(), line },
        (RouteKind::Unicast, _) => Routed::Unknown { line },
    })
}

/// A route as `ip route` writes it.
fn words(route: &Route) -> String {
    let mut words = match route.kind {
        RouteKind::Unicast => String::new(),
        RouteKind::Local => "local ".into(),
        RouteKind::Broadcast => "broadcast ".into(),
        RouteKind::Multicast => "multicast ".into(),
        RouteKind::Blackhole => "blackhole ".into(),
        RouteKind::Unreachable => "unreachable ".into(),
        RouteKind::Prohibit => "prohibit ".into(),
        RouteKind::Throw => "throw ".into(),
    };
    match route.to.prefix_len() {
        0 => words.push_str("default"),
        length if length == route.to.max_prefix_len() => words.push_str(&route.to.addr().to_string()),
        _ => words.push_str(&route.to.to_string()),
    }
    if let Some(via) = route.via {
        words.push_str(&format!(" via {via}"));
    }
    for interface in &route.interfaces {
        words.push_str(&format!(" dev {interface}"));
    }
    words
}

/// What the kernel's table of local addresses says; none for an address that is not in it.
pub(crate) fn local_kind(state: &State, address: IpAddr, interface: Option<&str>) -> Option<RouteKind> {
    let routes = state.routes.iter().filter(|route| route.table == TABLE_LOCAL && route.to.contains(&address));
    let on = |route: &&Route| interface.is_none_or(|name| route.interfaces.iter().any(|other| other == name));
    routes.filter(on).max_by_key(|route| route.to.prefix_len()).map(|route| route.kind)
}

pub(crate) fn is_own(state: &State, address: IpAddr) -> bool {
    local_kind(state, address, None) == Some(RouteKind::Local)
}

/// Whether there is a way back to where a packet says that it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Back {
    Yes,
    No,
    Unknown,
}

/// As the kernel's reverse path filter asks: would an answer go out by the interface it came in by?
pub(crate) fn back(state: &State, packet: &Packet, strict: bool) -> Back {
    let marks = &state.kernel.source_mark;
    let counts = |name: &str| marks.get(name).is_some_and(|on| *on != 0);
    let mark = if counts("all") || packet.input.as_deref().is_some_and(counts) { packet.mark } else { 0 };
    let lookup = Lookup {
        destination: packet.ends.source,
        source: Some(packet.ends.destination),
        input: packet.input.as_deref(),
        mark,
    };
    match route(state, lookup) {
        Routed::Here { .. } if packet.input.as_deref() == Some("lo") => Back::Yes,
        Routed::Here { .. } | Routed::Nowhere { .. } => Back::No,
        Routed::Out { interface, .. } => match !strict || packet.input.as_deref() == Some(interface.as_str()) {
            true => Back::Yes,
            false => Back::No,
        },
        Routed::Unknown { .. } => Back::Unknown,
    }
}

/// The interface by which answers to an address leave: where its packets come from.
pub(crate) fn interface_towards(state: &State, address: IpAddr, from: IpAddr) -> Option<String> {
    match route(state, Lookup { destination: address, source: Some(from), input: None, mark: 0 }) {
        Routed::Out { interface, .. } => Some(interface),
        Routed::Here { .. } => Some("lo".to_owned()),
        Routed::Nowhere { .. } | Routed::Unknown { .. } => None,
    }
}
