//! A network of containers whose addresses are somebody else's on that host.
//!
//! One rule: each network has a range, and so have the host itself, its mesh, Docker's first bridge, and what every
//! machine has. Two of them may not meet.

use super::of_two;
use crate::CatalogProblem;
use crate::context::Context;
use ipnet::IpNet;
use piton_config::{Origin, Problem};
use std::net::IpAddr;

/// What every machine has, and nobody may give to a network.
const EVERYWHERE: [(&str, &str); 4] = [
    ("127.0.0.0/8", "the host's loopback addresses"),
    ("::1/128", "the host's loopback address"),
    ("224.0.0.0/4", "multicast, which is nobody's own"),
    ("ff00::/8", "multicast, which is nobody's own"),
];

/// What Docker gives its own first bridge where nobody says anything else.
const DOCKERS_FIRST: &str = "172.17.0.0/16";

/// Addresses, and whose they are.
struct Range {
    who: String,
    net: IpNet,
    at: Origin,
}

pub(super) fn problems(context: &Context) -> Vec<CatalogProblem> {
    let taken = taken(context);
    let networks = networks(context);
    let mut found = Vec::new();
    for (number, network) in networks.iter().enumerate() {
        let others = taken.iter().chain(&networks[..number]);
        let is_another = |other: &&Range| other.who != network.who && meet(&other.net, &network.net);
        if let Some(other) = others.into_iter().find(is_another) {
            found.push(told(context, network, other));
        }
    }
    found
}

fn told(context: &Context, network: &Range, other: &Range) -> CatalogProblem {
    let what = format!("{} has {}, which overlaps {}: {}", network.who, network.net, other.net, other.who);
    let problem = Problem::new("plan/networks-overlap", what)
        .at(&network.at, format!("the addresses of {}", network.who))
        .related(&other.at, other.who.clone())
        .help("give the network a range of its own; the private ones are 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16");
    of_two(context, "plan/networks-overlap", problem)
}

fn meet(one: &IpNet, other: &IpNet) -> bool {
    one.contains(other) || other.contains(one)
}

/// The networks that the host would have: the site's where they belong, and those of compose files.
fn networks(context: &Context) -> Vec<Range> {
    let host = &context.host.name;
    let here = context
        .site
        .networks
        .iter()
        .filter(|network| network.on.as_ref().is_none_or(|hosts| hosts.iter().any(|known| known.value == *host)));
    let of_the_site = here.map(|network| Range {
        who: format!("the network {}", context.services.docker_name(network)),
        net: network.subnet.trunc(),
        at: network.subnet.origin.clone(),
    });
    let own = context.services.own_subnets(context.host).into_iter().map(|(network, at)| Range {
        who: format!("the network {}", network.name),
        net: network.subnet.trunc(),
        at,
    });
    of_the_site.chain(own).collect()
}

/// Whose addresses no network may have.
fn taken(context: &Context) -> Vec<Range> {
    let mut found: Vec<Range> = Vec::new();
    // In the lab a stand-in's address says nothing about the site; the proof asks the host itself there.
    let address = &context.host.address;
    if let (Ok(own), true) = (address.parse::<IpAddr>(), address.origin != Origin::Lab) {
        found.push(Range { who: "the host's own address".into(), net: own.into(), at: address.origin.clone() });
    }
    if let Some(member) = context.member() {
        let range = &member.mesh.range;
        found.push(Range { who: "the mesh".into(), net: range.trunc(), at: range.origin.clone() });
    }
    for (net, who) in EVERYWHERE {
        found.extend(net.parse().ok().map(|net| Range { who: who.to_owned(), net, at: Origin::Default }));
    }
    found.extend(dockers_first(context));
    found
}

/// The network of Docker's own first bridge, as far as the site decides it.
fn dockers_first(context: &Context) -> Option<Range> {
    let daemon = &context.settings().docker.as_ref()?.daemon;
    let text = |key: &str| daemon.get(key).and_then(|value| Some((value.value.as_str()?, value.origin.clone())));
    if text("bridge").is_some() {
        return None;
    }
    let who = "Docker's own first network".to_owned();
    if let Some((bip, at)) = text("bip") {
        return Some(Range { who, net: bip.parse::<IpNet>().ok()?.trunc(), at });
    }
    // With pools of the site's it takes the first of them that is free when it starts.
    let Some(pools) = daemon.get("default-address-pools") else {
        return Some(Range { who, net: DOCKERS_FIRST.parse().ok()?, at: Origin::Default });
    };
    let pool = pools.value.get(0)?;
    let base: IpNet = pool.get("base")?.as_str()?.parse().ok()?;
    let size = u8::try_from(pool.get("size")?.as_u64()?).ok()?;
    Some(Range { who, net: IpNet::new(base.addr(), size).ok()?.trunc(), at: pools.origin.clone() })
}
