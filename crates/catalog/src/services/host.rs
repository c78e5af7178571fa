//! What services need of their host besides their stack: packages, cron entries and filter rules.

use super::Services;
use super::form::{PortForm, To};
use super::scope::Scope;
use super::trouble::Trouble;
use super::world::Seat;
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
        let containers = seat.form.containers.values().flat_map(|form| form.ports.values());
        for port in containers.chain(seat.form.host.ports.values()) {
            rules.extend(rule(services, host, seat, port));
        }
    }
    rules
}

fn rule(services: &Services, host: &Host, seat: &Seat, port: &PortForm) -> Option<FilterRule> {
    let world = &services.world;
    let mesh = host.settings.mesh.as_ref().filter(|_| host.mesh_address.is_some()).map(|mesh| mesh.range.value);
    if port.plain_http && *world.site.edge.vpn_only != VpnOnly::Off {
        return None;
    }
    let closed = *world.site.edge.vpn_only == VpnOnly::On;
    let from = match (port.to.contains(&To::World), port.to.contains(&To::Mesh)) {
        (true, _) if closed => Some(world.site.edge.vpn.as_ref().map(|range| range.value).or(mesh)?),
        (true, _) => None,
        (false, true) => Some(mesh?),
        (false, false) => return None,
    };
    let protocol = if port.udp { Protocol::Udp } else { Protocol::Tcp };
    let comment = Some(world.name(seat).to_owned());
    Some(FilterRule { from, comment, ..FilterRule::allow(protocol, port.port) })
}
