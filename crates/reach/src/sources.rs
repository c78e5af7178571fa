//! From where: the world, the mesh, containers, the host itself, or one address.
//!
//! "The world" is not one address. Rules may treat some of it otherwise, so one is asked about that
//! no rule, route or address of the host names, and one of every wide range that some rule names.

use crate::answer::Source;
use crate::filter::Range;
use crate::routing::interface_towards;
use crate::state::{LinkKind, State};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    World,
    Mesh,
    Containers,
    Host,
    Address(IpAddr),
}

/// What the map shows, the widest first.
pub const CLASSES: [Who; 4] = [Who::World, Who::Mesh, Who::Containers, Who::Host];

impl fmt::Display for Who {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Who::World => out.write_str("the world"),
            Who::Mesh => out.write_str("the mesh"),
            Who::Containers => out.write_str("containers"),
            Who::Host => out.write_str("the host itself"),
            Who::Address(address) => write!(out, "{address}"),
        }
    }
}

impl FromStr for Who {
    type Err = String;

    fn from_str(word: &str) -> Result<Who, String> {
        match word {
            "world" => Ok(Who::World),
            "mesh" => Ok(Who::Mesh),
            "container" | "containers" => Ok(Who::Containers),
            "host" => Ok(Who::Host),
            other => other
                .parse()
                .map(Who::Address)
                .map_err(|_| format!("`{other}` is not an address, nor `world`, `mesh`, `container` or `host`")),
        }
    }
}

/// Addresses that belong to nobody this host has to do with, unless a rule says so.
const STRANGERS: [&str; 8] = [
    "192.0.2.77",
    "45.67.89.10",
    "91.198.174.9",
    "133.11.0.7",
    "2001:db8:5a5a::7",
    "2a00:1450:4001::9",
    "2607:f8b0:4004::5",
    "2400:cb00:2048::3",
];

impl Who {
    /// Every place that stands for it on this host; none where there is no such thing.
    pub fn places(self, state: &State) -> Vec<Source> {
        match self {
            Who::World => world(state),
            Who::Mesh => mesh(state),
            Who::Containers => containers(state),
            Who::Host => vec![Source::Itself],
            Who::Address(address) => vec![Source::Outside { address, interface: None }],
        }
    }
}

fn world(state: &State) -> Vec<Source> {
    let named = state.filter.sources();
    let wide = |range: &&Range| width(range) <= wide_enough(range.first);
    let narrow: Vec<&Range> = named.iter().filter(|range| !wide(range)).collect();
    let is_stranger = |address: &IpAddr| {
        let routed = state.routes.iter().any(|route| route.to.prefix_len() > 0 && route.to.contains(address));
        !routed && !narrow.iter().any(|range| range.contains(*address))
    };
    let mut found: Vec<IpAddr> = Vec::new();
    for v6 in [false, true] {
        let candidates = STRANGERS.iter().filter_map(|text| text.parse::<IpAddr>().ok());
        found.extend(candidates.filter(|address| address.is_ipv6() == v6).find(|address| is_stranger(address)));
    }
    for range in named.iter().filter(wide) {
        found.extend(within(range).filter(|address| is_public(*address)));
    }
    found.sort();
    found.dedup();
    let place = |address: IpAddr| {
        let interface = interface_towards(state, address, address)?;
        Some(Source::Outside { address, interface: Some(interface) })
    };
    found.into_iter().filter_map(place).collect()
}

/// How many leading bits all addresses of a range have in common.
fn width(range: &Range) -> u32 {
    match (range.first, range.last) {
        (IpAddr::V4(first), IpAddr::V4(last)) => (u32::from(first) ^ u32::from(last)).leading_zeros(),
        (IpAddr::V6(first), IpAddr::V6(last)) => (u128::from(first) ^ u128::from(last)).leading_zeros(),
        _ => 0,
    }
}

/// A range with this many common bits or fewer is a part of the world, and nobody's own network.
fn wide_enough(address: IpAddr) -> u32 {
    if address.is_ipv6() { 16 } else { 8 }
}

/// An address somewhere in a range.
fn within(range: &Range) -> Option<IpAddr> {
    match (range.first, range.last) {
        (IpAddr::V4(first), IpAddr::V4(last)) => {
            let (first, last) = (u32::from(first), u32::from(last));
            Some(std::net::Ipv4Addr::from(first + (last - first) / 3).into())
        }
        (IpAddr::V6(first), IpAddr::V6(last)) => {
            let (first, last) = (u128::from(first), u128::from(last));
            Some(std::net::Ipv6Addr::from(first + (last - first) / 3).into())
        }
        _ => None,
    }
}

/// Whether an address means the same machine everywhere in the world.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        // 100.64.0.0/10 is what providers and VPNs number their own customers with.
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            let shared = first == 100 && (64..128).contains(&second);
            !(v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast() || shared)
        }
        IpAddr::V6(v6) => {
            !(v6.is_loopback() || v6.is_multicast() || v6.is_unique_local() || v6.is_unicast_link_local())
        }
    }
}

fn mesh(state: &State) -> Vec<Source> {
    let mut found = Vec::new();
    for tunnel in &state.tunnels {
        for net in tunnel.allowed.iter().filter(|net| net.prefix_len() > 0) {
            let address = net.hosts().next().unwrap_or(net.addr());
            found.push(Source::Outside { address, interface: Some(tunnel.interface.clone()) });
        }
    }
    found
}

fn containers(state: &State) -> Vec<Source> {
    let bridges = state.links.iter().filter(|link| link.kind == LinkKind::Bridge);
    let mut found = Vec::new();
    for bridge in bridges {
        for own in state.addresses_of(&bridge.name) {
            let address = neighbour(state, own.net);
            found.extend(address.map(|address| Source::Outside { address, interface: Some(bridge.name.clone()) }));
        }
    }
    found
}

/// An address of a network that is neither the host's own nor one that a port is sent on to.
fn neighbour(state: &State, net: IpNet) -> Option<IpAddr> {
    let link_local = matches!(net.addr(), IpAddr::V6(v6) if v6.is_unicast_link_local());
    let taken = |address: &IpAddr| {
        let containers = state.docker.containers.iter().flat_map(|container| &container.addresses);
        containers.chain(state.docker.published.iter().map(|published| &published.to)).any(|other| other == address)
    };
    let free = |address: &IpAddr| *address != net.addr() && *address != net.network() && !taken(address);
    net.hosts().take(4096).filter(|_| !link_local).find(free)
}
