//! Whether a test holds for a packet: yes, no, or nobody can tell.
//!
//! "Cannot tell" is passed on to whoever follows both ways; it is never rounded to an answer.

use super::{AddressKind, End, Is, Range, Span, Test, Tracked};
use crate::packet::{EPHEMERAL, Ends, Packet, Port, Track};
use crate::routing::{self, Back};
use crate::state::{RouteKind, State};
use std::net::IpAddr;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    Yes,
    No,
    Maybe,
}

impl Truth {
    pub(crate) fn not(self) -> Truth {
        match self {
            Truth::Yes => Truth::No,
            Truth::No => Truth::Yes,
            Truth::Maybe => Truth::Maybe,
        }
    }

    fn and(self, other: Truth) -> Truth {
        match (self, other) {
            (Truth::No, _) | (_, Truth::No) => Truth::No,
            (Truth::Yes, Truth::Yes) => Truth::Yes,
            _ => Truth::Maybe,
        }
    }

    fn or(self, other: Truth) -> Truth {
        self.not().and(other.not()).not()
    }
}

impl From<bool> for Truth {
    fn from(known: bool) -> Truth {
        if known { Truth::Yes } else { Truth::No }
    }
}

impl Test {
    pub(crate) fn holds(&self, packet: &Packet, state: &State) -> Truth {
        let holds = self.is.holds(packet, state);
        if self.not { holds.not() } else { holds }
    }
}

/// Whether every test of a row holds.
pub(crate) fn all(tests: &[Test], packet: &Packet, state: &State) -> Truth {
    tests.iter().map(|test| test.holds(packet, state)).fold(Truth::Yes, Truth::and)
}

impl Is {
    fn holds(&self, packet: &Packet, state: &State) -> Truth {
        match self {
            Is::V6(v6) => (packet.is_v6() == *v6).into(),
            Is::Protocol(spans) => spans.iter().any(|span| span.contains(packet.protocol.number().into())).into(),
            Is::Address(end, ranges) => within(address(&packet.ends, *end), ranges).into(),
            Is::OriginalAddress(end, ranges) => within(address(&packet.original, *end), ranges).into(),
            Is::Port(end, spans) => port(&packet.ends, *end, spans),
            Is::OriginalPort(end, spans) => port(&packet.original, *end, spans),
            Is::Input(names) => named(packet.input.as_deref(), names).into(),
            Is::Output(names) => named(packet.output.as_deref(), names).into(),
            Is::Track(states) => states.iter().any(|tracked| is_tracked(packet, *tracked)).into(),
            Is::Forth(forth) => match packet.track {
                Track::New | Track::Established => (packet.forth == *forth).into(),
                Track::Invalid | Track::Untracked => Truth::No,
            },
            Is::Mark { value, mask } => (packet.mark & mask == *value).into(),
            Is::ConnectionMark { value, mask } => (packet.connection_mark & mask == *value).into(),
            Is::AddressType { end, kinds, on_interface } => {
                let interface = match on_interface {
                    None => None,
                    Some(End::Source) => packet.input.as_deref(),
                    Some(End::Destination) => packet.output.as_deref(),
                };
                let kind = address_kind(state, address(&packet.ends, *end), interface);
                kinds.contains(&kind).into()
            }
            Is::RouteBack { strict } => match routing::back(state, packet, *strict) {
                Back::Yes => Truth::Yes,
                Back::No => Truth::No,
                Back::Unknown => Truth::Maybe,
            },
            Is::Flags { mask, set } => match packet.protocol.number() {
                6 => (packet.flags() & mask == *set).into(),
                _ => Truth::No,
            },
            Is::AnyOf(rows) => rows.iter().map(|row| all(row, packet, state)).fold(Truth::No, Truth::or),
            Is::Always => Truth::Yes,
            Is::Never => Truth::No,
            Is::Unmodelled(_) => Truth::Maybe,
        }
    }
}

fn address(ends: &Ends, end: End) -> IpAddr {
    match end {
        End::Source => ends.source,
        End::Destination => ends.destination,
    }
}

fn within(address: IpAddr, ranges: &[Range]) -> bool {
    ranges.iter().any(|range| range.contains(address))
}

fn port(ends: &Ends, end: End, spans: &[Span]) -> Truth {
    let port = match end {
        End::Source => ends.source_port,
        End::Destination => ends.destination_port,
    };
    match port {
        Port::Known(port) => spans.iter().any(|span| span.contains(port)).into(),
        Port::Ephemeral => {
            let (first, last) = (*EPHEMERAL.start(), *EPHEMERAL.end());
            let all = spans.iter().any(|span| span.first <= first && last <= span.last);
            let none = spans.iter().all(|span| span.last < first || last < span.first);
            match (all, none) {
                (true, _) => Truth::Yes,
                (_, true) => Truth::No,
                _ => Truth::Maybe,
            }
        }
    }
}

fn named(interface: Option<&str>, names: &[String]) -> bool {
    // Without an interface nothing is the name of one.
    let interface = interface.unwrap_or_default();
    names.iter().any(|name| match name.strip_suffix('*') {
        Some(start) => interface.starts_with(start),
        None => interface == name,
    })
}

fn is_tracked(packet: &Packet, tracked: Tracked) -> bool {
    match tracked {
        Tracked::Invalid => packet.track == Track::Invalid,
        Tracked::New => packet.track == Track::New,
        Tracked::Established => packet.track == Track::Established,
        // A connection of its own never is another's helper.
        Tracked::Related => false,
        Tracked::Untracked => packet.track == Track::Untracked,
        Tracked::SentOn => packet.sent_on && matches!(packet.track, Track::New | Track::Established),
        Tracked::Masked => packet.masked && matches!(packet.track, Track::New | Track::Established),
    }
}

/// What the host's own table of local addresses says an address is.
pub(crate) fn address_kind(state: &State, address: IpAddr, interface: Option<&str>) -> AddressKind {
    if address.is_multicast() {
        return AddressKind::Multicast;
    }
    if matches!(address, IpAddr::V4(v4) if v4.is_broadcast()) {
        return AddressKind::Broadcast;
    }
    match routing::local_kind(state, address, interface) {
        Some(RouteKind::Local) => AddressKind::Local,
        Some(RouteKind::Broadcast) => AddressKind::Broadcast,
        Some(RouteKind::Multicast) => AddressKind::Multicast,
        Some(_) => AddressKind::Other,
        None => AddressKind::Unicast,
    }
}
