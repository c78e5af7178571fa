//! A container bridge takes the answers to everybody in its network, at once or as soon as it carries anything; which,
//! the kernel decides by what came first. So nobody else may be in it: not the operator, not the gateway, not what the
//! host reaches by another way, another stack's network and the mesh among them.

use super::Cause;
use crate::state::{Address, LinkKind, Route, RouteKind, State};
use piton_plan::Step;
use std::net::IpAddr;

/// Whose network a step gives to a bridge that was not there before.
pub(super) fn overlaps(before: &State, state: &State, step: &Step, operator: IpAddr) -> Option<Cause> {
    let bridges = state.links.iter().filter(|link| link.kind == LinkKind::Bridge);
    let nets = bridges.flat_map(|link| state.addresses_of(&link.name));
    nets.filter(|address| !before.addresses.contains(address)).find_map(|address| {
        Some(Cause::Overlaps {
            key: step.resource.key(),
            bridge: state.docker.bridges.get(&address.interface).unwrap_or(&address.interface).clone(),
            net: address.net.trunc(),
            with: who_is_in(state, address, operator)?,
            because: Vec::new(),
        })
    })
}

fn who_is_in(state: &State, bridge: &Address, operator: IpAddr) -> Option<String> {
    if bridge.net.contains(&operator) {
        return Some(format!("you, at {operator} are in it"));
    }
    let mut gateways = state.routes.iter().filter(|route| route.to.prefix_len() == 0).filter_map(|route| route.via);
    if let Some(gateway) = gateways.find(|gateway| bridge.net.contains(gateway)) {
        return Some(format!("the gateway {gateway} is in it"));
    }
    let other = state.routes.iter().find(|route| leads_elsewhere(route, bridge))?;
    Some(format!("the host reaches {} by {}", other.to, other.interfaces.join(", ")))
}

fn leads_elsewhere(route: &Route, bridge: &Address) -> bool {
    let overlap = route.to.contains(&bridge.net.trunc()) || bridge.net.contains(&route.to);
    // The default route, and the halves that stand for it, overlap everything and mean nothing here.
    let is_wide = route.to.prefix_len() <= 1;
    let is_own = route.interfaces.iter().all(|interface| *interface == bridge.interface);
    route.kind == RouteKind::Unicast && overlap && !is_wide && !is_own
}
