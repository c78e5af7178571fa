//! Two that want one port of the host: services, containers of compose files, sshd, the mesh.

use super::of_two;
use crate::CatalogProblem;
use crate::context::Context;
use piton_config::{Origin, Problem};
use piton_plan::kind::filter_rule::Protocol;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Who takes a port, and by which line.
struct Claim {
    who: String,
    protocol: Protocol,
    port: u16,
    addresses: Vec<IpAddr>,
    at: Origin,
    /// One service may say the same twice, and compose takes it once.
    container: Option<(String, Option<u16>)>,
}

pub(super) fn problems(context: &Context) -> Vec<CatalogProblem> {
    let claims = claims(context);
    let mut by_port: BTreeMap<(bool, u16), Vec<usize>> = BTreeMap::new();
    // The two lines, and from which port to which they want the same.
    let mut clashes: Vec<(&Claim, &Claim, u16)> = Vec::new();
    for (number, claim) in claims.iter().enumerate() {
        let others = by_port.entry((claim.protocol == Protocol::Udp, claim.port)).or_default();
        let other = others.iter().filter_map(|other| claims.get(*other)).find(|other| claim.collides_with(other));
        if let Some(other) = other {
            let same = |(one, two, last): &(&Claim, &Claim, u16)| {
                let places = one.at == claim.at && two.at == other.at && one.protocol == claim.protocol;
                places && last.checked_add(1) == Some(claim.port)
            };
            match clashes.iter_mut().rev().take(8).find(|clash| same(clash)) {
                Some(clash) => clash.2 = claim.port,
                None => clashes.push((claim, other, claim.port)),
            }
        }
        others.push(number);
    }
    clashes.iter().map(|(claim, other, last)| told(context, claim, other, *last)).collect()
}

fn told(context: &Context, claim: &Claim, other: &Claim, last: u16) -> CatalogProblem {
    let ports = if last == claim.port { format!("{last}") } else { format!("{}-{last}", claim.port) };
    let ports = format!("{ports}/{}", claim.protocol);
    let what = format!("{} and {} both want {ports} of the host", other.who, claim.who);
    let problem = Problem::new("catalog/port-taken", what)
        .at(&claim.at, format!("{} on {}", claim.who, claim.words()))
        .related(&other.at, format!("{} on {}", other.who, other.words()))
        .help("give one of them another port of the host, or bind each to an address that the other does not have");
    of_two(context, "catalog/port-taken", problem)
}

impl Claim {
    /// Whether both would listen on an address. A program on all addresses has each of them.
    fn collides_with(&self, other: &Claim) -> bool {
        let is_said_twice = self.container.is_some() && self.container == other.container;
        let meets = |one: &IpAddr, two: &IpAddr| {
            one.is_ipv4() == two.is_ipv4() && (one == two || one.is_unspecified() || two.is_unspecified())
        };
        !is_said_twice && self.addresses.iter().any(|one| other.addresses.iter().any(|two| meets(one, two)))
    }

    fn words(&self) -> String {
        let words = |address: &IpAddr| match address.is_unspecified() {
            true => "all addresses".to_owned(),
            false => address.to_string(),
        };
        let mut words: Vec<String> = self.addresses.iter().map(words).collect();
        words.dedup();
        words.join(", ")
    }
}

fn claims(context: &Context) -> Vec<Claim> {
    let everywhere = || vec![IpAddr::from(Ipv4Addr::UNSPECIFIED), Ipv6Addr::UNSPECIFIED.into()];
    let of_the_host = |who: &str, protocol, port, at: &Origin| Claim {
        who: who.to_owned(),
        protocol,
        port,
        addresses: everywhere(),
        at: at.clone(),
        container: None,
    };
    let mut found = Vec::new();
    let ssh = context.settings().ssh.as_ref();
    // sshd on some addresses only leaves the others free, and which those are is sshd's to read.
    let is_on_all = ssh.is_none_or(|ssh| !ssh.settings.iter().any(|(key, _)| key == "ListenAddress"));
    let at = ssh.map_or(&context.host.first.origin, |ssh| &ssh.port.origin);
    found.extend(is_on_all.then(|| of_the_host("sshd", Protocol::Tcp, context.ssh_port(), at)));
    let mesh = context.member().map(|member| &member.mesh.port);
    found.extend(mesh.map(|port| of_the_host("the mesh", Protocol::Udp, **port, &port.origin)));
    let placed = context.services.ports(context.host).into_iter().filter(|placed| placed.is_sure);
    found.extend(placed.map(|placed| {
        let container = placed.port.container.as_ref();
        Claim {
            who: container.filter(|_| placed.line.is_some()).map_or_else(
                || format!("`{}`", placed.service),
                |container| format!("`{container}` of `{}`", placed.service),
            ),
            protocol: placed.port.protocol,
            port: placed.port.port,
            container: container.map(|name| (format!("{} {name}", placed.service), placed.port.sent_to)),
            addresses: placed.port.addresses,
            at: placed.at,
        }
    }));
    found
}
