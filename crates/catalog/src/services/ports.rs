//! What the services of a host open there, each with the line of the site that does it.
//!
//! The same words as in the compose file and in the filter's rules, as values: the `reach` room foretells from them who
//! can open what, before anything is done. A compose file of somebody else's is read for it in `whole.rs`.

use super::Services;
use super::form::{ContainerForm, PortForm, To};
use super::scope::Scope;
use super::trouble::Trouble;
use super::world::{Seat, World};
use piton_config::{Host, Origin};
use piton_plan::kind::filter_rule::Protocol;
use piton_plan::stack::{Joins, Network, Port};
use std::net::{IpAddr, Ipv6Addr};

/// A port, and where somebody wrote it.
#[derive(Clone, Debug)]
pub struct PlacedPort {
    /// The name that the site gives the service.
    pub service: String,
    pub port: Port,
    /// The nearest line: that of the site where it says so, else that of the service's own file.
    pub origin: Origin,
    /// The very place, in a compose file of the operator's, too.
    pub at: Origin,
    /// It is taken whenever the service runs: not by a variable or a profile that may be another.
    pub is_sure: bool,
    /// The line of a compose file, with the file's name in the stack's folder.
    pub line: Option<(String, String)>,
    /// The page of the service's that the edge serves from it, and which edge.
    pub page: Option<Page>,
}

/// How people come to a port that they cannot open themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub domain: String,
    /// `caddy`, or `cloudflared`.
    pub edge: String,
}

/// All ports of a host's services; none where the services cannot be rendered, which is told elsewhere.
pub(super) fn of_host(services: &Services, host: &Host) -> Vec<PlacedPort> {
    let world = &services.world;
    let seats = world.seats.iter().filter(|seat| world.host(seat).name == host.name);
    seats
        .flat_map(|seat| match &seat.form.compose {
            Some(_) => super::whole::ports(world, seat).unwrap_or_default(),
            None => of_seat(world, seat),
        })
        .collect()
}

/// The networks with a subnet that compose files of a host have by themselves, each with its place.
pub(super) fn subnets_of_host(services: &Services, host: &Host) -> Vec<(Network, Origin)> {
    let world = &services.world;
    let seats = world.seats.iter().filter(|seat| world.host(seat).name == host.name && seat.form.compose.is_some());
    seats.flat_map(|seat| super::whole::subnets(world, seat).unwrap_or_default()).collect()
}

/// The ports of one service that is made of a form.
pub(super) fn of_seat(world: &World, seat: &Seat) -> Vec<PlacedPort> {
    let of_containers =
        seat.form.containers.iter().flat_map(|(key, form)| {
            form.ports.iter().map(move |(name, port)| (Some(key.as_str()), name.as_str(), port))
        });
    let of_host = seat.form.host.ports.iter().map(|(name, port)| (None, name.as_str(), port));
    of_containers.chain(of_host).map(|(container, name, form)| placed(world, seat, container, name, form)).collect()
}

fn placed(world: &World, seat: &Seat, container: Option<&str>, name: &str, form: &PortForm) -> PlacedPort {
    let on_host = world.on_host_network(seat, container);
    let addresses = match on_host {
        true => listening(&world.listen(seat, container, form)),
        false => world.bound(seat, container, form).iter().filter_map(|address| address.parse().ok()).collect(),
    };
    let everywhere = addresses.iter().any(IpAddr::is_unspecified);
    let port = Port {
        container: container.map(|key| world.container_name(seat, key)),
        name: name.to_owned(),
        protocol: if form.udp { Protocol::Udp } else { Protocol::Tcp },
        port: form.port,
        to_the_world: everywhere && form.to.contains(&To::World),
        addresses,
        sent_to: (!on_host).then_some(form.port),
        unsure: false,
    };
    let placement = world.placement(seat);
    let page = seat.form.page.as_ref().filter(|page| page.port == name);
    let edge = ["caddy", "cloudflared"].into_iter().find(|edge| !world.find_from(edge, seat).is_empty());
    let page = page.and(placement.domain.as_ref()).zip(edge);
    let origin = nearest(&form.to.origin, &placement.name.origin);
    PlacedPort {
        service: world.name(seat).to_owned(),
        port,
        at: origin.clone(),
        origin,
        is_sure: true,
        line: None,
        page: page.map(|(domain, edge)| Page { domain: domain.value.clone(), edge: edge.to_owned() }),
    }
}

/// The line where the site itself says who may open a port, else the one that places the service.
fn nearest(said: &Origin, placed: &Origin) -> Origin {
    let file = |origin: &Origin| origin.span().map(|span| span.file.clone());
    if file(said) == file(placed) { said.clone() } else { placed.clone() }
}

/// A program that is told all addresses takes IPv6 as well, if it can.
fn listening(address: &str) -> Vec<IpAddr> {
    let Ok(address) = address.parse::<IpAddr>() else { return Vec::new() };
    let both = (address.is_unspecified() && address.is_ipv4()).then(|| IpAddr::from(Ipv6Addr::UNSPECIFIED));
    [address].into_iter().chain(both).collect()
}

/// Whose network a container is in, and whether it may do more there than its ports say.
pub(super) fn joins(scope: &Scope, key: &str, form: &ContainerForm) -> Result<(Joins, bool), Trouble> {
    let (world, seat) = (&scope.world, &scope.seat);
    if !world.on_host_network(seat, Some(key)) {
        let networks = world.networks(seat, form);
        let names = networks.into_iter().map(|network| world.docker_name(network)).collect();
        return Ok((Joins::Networks(names), false));
    }
    let may_change = scope.texts(&form.cap_add)?.iter().any(|right| matches!(right.as_str(), "NET_ADMIN" | "ALL"));
    let privileged = scope.scalar(form.privileged.as_ref())?.as_deref() == Some("true");
    Ok((Joins::Host, may_change || privileged))
}
