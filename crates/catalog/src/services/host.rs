//! What services need of their host besides their stack: packages, cron entries and filter rules.

use super::Services;
use super::form::PortForm;
use super::scope::Scope;
use super::trouble::Trouble;
use super::world::{Seat, Way};
use crate::CatalogProblem;
use piton_config::{Host, VpnOnly};
use piton_plan::Resource;
use piton_plan::kind::filter_rule::Protocol;
use piton_plan::kind::{Cron, FilterRule, Package};

pub(crate) fn resources(services: &Services, host: &Host) -> Result<Vec<Resource>, Vec<CatalogProblem>> {
    let seats = services.world.seats.iter().filter(|seat| services.world.host(seat).name == host.name);
    let mut found = Vec::new();
    for seat in seats {
        of_seat(services, seat, &mut found).map_err(|trouble| vec![trouble.on(&host.name)])?;
    }
    Ok(found)
}

fn of_seat(services: &Services, seat: &Seat, found: &mut Vec<Resource>) -> Result<(), Trouble> {
    let scope = Scope::new(&services.world, seat, None)?;
    for package in scope.texts(&seat.form.host.packages)? {
        found.push(Package { name: package }.into());
    }
    for (name, form) in &seat.form.host.cron {
        if scope.holds(form.when.as_ref())? {
            found.push(
                Cron {
                    name: name.clone(),
                    schedule: scope.text(&form.schedule)?,
                    user: form.user.clone(),
                    command: scope.text(&form.command)?,
                }
                .into(),
            );
        }
    }
    Ok(())
}

/// The rules that the ports of this host's services need, so that nobody has to write them twice.
pub(crate) fn filter_rules(services: &Services, host: &Host) -> Vec<FilterRule> {
    let world = &services.world;
    let mut rules = Vec::new();
    for seat in world.seats.iter().filter(|seat| world.host(seat).name == host.name) {
        let containers = seat.form.containers.iter();
        let of_containers =
            containers.flat_map(|(name, form)| form.ports.values().map(move |port| (Some(name.as_str()), port)));
        for (container, port) in of_containers.chain(seat.form.host.ports.values().map(|port| (None, port))) {
            rules.extend(rule(services, host, seat, container, port));
        }
    }
    rules
}

/// The widest of the ways by which a port is reached; loopback needs no rule.
fn rule(services: &Services, host: &Host, seat: &Seat, container: Option<&str>, port: &PortForm) -> Option<FilterRule> {
    let world = &services.world;
    if port.plain_http && *world.site.edge.vpn_only != VpnOnly::Off {
        return None;
    }
    let mesh = host.settings.mesh.as_ref().filter(|_| host.mesh_address.is_some()).map(|mesh| mesh.range.value);
    let from = port.to.iter().filter_map(|to| match world.way(seat, container, *to) {
        Way::World => Some((3, None)),
        Way::Vpn => Some((2, world.site.edge.vpn.as_ref().map(|range| range.value).or(mesh))),
        Way::Mesh => mesh.map(|mesh| (1, Some(mesh))),
        Way::Bridge(network) => Some((0, Some(network.subnet.value))),
        Way::Loopback | Way::Containers => None,
    });
    let (_, from) = from.max_by_key(|(width, _)| *width)?;
    let protocol = if port.udp { Protocol::Udp } else { Protocol::Tcp };
    let comment = Some(world.name(seat).to_owned());
    Some(FilterRule { from, comment, ..FilterRule::allow(protocol, port.port) })
}
