//! What must be there before a service can run: other services, databases, and the right order of closing
//! the public way in.

use super::form::DatabaseForm;
use super::scope::Scope;
use super::trouble::Trouble;
use super::world::{Seat, World};
use piton_config::{PageAccess, VpnOnly};
use piton_plan::stack::Precondition;
use std::sync::Arc;

/// What a seat needs and does not find.
pub(super) fn missing(world: &Arc<World>, seat: &Seat) -> Vec<Trouble> {
    let placement = world.placement(seat);
    let name = world.name(seat);
    let absent = |service: &str, why: &str| {
        let what = format!("`{name}` needs `{service}`: {why}");
        let host = &world.host(seat).name;
        let help = format!("add [services.{service}] with on = \"{host}\"");
        Trouble::new("catalog/missing-service", what, help).at(&placement.name.origin)
    };
    let mut found = Vec::new();
    for need in &seat.form.needs.services {
        let there = world.find_from(&need.service, seat);
        let here = there.iter().any(|other| world.host(other).name == world.host(seat).name);
        if there.is_empty() || (need.here && !here) {
            found.push(absent(&need.service, &need.why));
        }
    }
    for need in wanted(world, seat).unwrap_or_else(|trouble| {
        found.push(trouble);
        Vec::new()
    }) {
        let there = world.find_from(&need.of, seat);
        match there.first() {
            None => found.push(absent(&need.of, &format!("it keeps the database `{}`", need.name))),
            Some(other) if other.form.provides.database.is_none() => {
                let what = format!("`{name}` wants a database of `{}`, which makes none", need.of);
                found.push(
                    Trouble::new("catalog/no-databases", what, "name a service that has [provides.database]")
                        .at(&placement.name.origin),
                );
            }
            Some(_) => {}
        }
    }
    if let (Some(page), Some(path)) = (&seat.form.page, &placement.path)
        && let Some(why) = page.no_path.as_ref().filter(|_| path.value != "/")
    {
        let what = format!("`{name}` cannot be served under a path: {why}");
        found.push(
            Trouble::new("catalog/no-path", what, "give it a domain of its own, without `path`").at(&path.origin),
        );
    }
    found.extend(pages_for_nobody(world, seat));
    found
}

/// The pages that an edge lets only the VPN see, on a site that has none. One with a Caddyfile of its own decides for itself.
fn pages_for_nobody(world: &World, edge: &Seat) -> Vec<Trouble> {
    let placed = world.placement(edge);
    let has_vpn = world.site.edge.vpn.is_some() || world.host(edge).settings.mesh.is_some();
    if *placed.is != "caddy" || has_vpn || placed.templates.contains_key("Caddyfile") {
        return Vec::new();
    }
    let pages = world.seats.iter().filter(|seat| {
        let placement = world.placement(seat);
        let access = seat.form.page.as_ref().map(|page| placement.access.as_ref().map_or(page.access, |it| it.value));
        placement.domain.is_some() && access == Some(PageAccess::Vpn)
    });
    let refused = pages.map(|seat| {
        let name = &world.placement(seat).name;
        let what = format!("the page of `{}` is for the VPN alone, and the site says no VPN", name.value);
        let help = format!(
            "say its range under [edge]: vpn = \"100.64.0.0/10\"; or access = \"public\" under [services.{}]",
            name.value
        );
        Trouble::new("catalog/no-vpn", what, help).at(&name.origin)
    });
    refused.collect()
}

/// The databases that a seat wants, as it is set.
fn wanted<'a>(world: &Arc<World>, seat: &'a Seat) -> Result<Vec<&'a DatabaseForm>, Trouble> {
    let scope = Scope::new(world, seat, None)?;
    let mut found = Vec::new();
    for need in &seat.form.needs.databases {
        if scope.holds(need.when.as_ref())? {
            found.push(need);
        }
    }
    Ok(found)
}

/// The databases that others want of this seat's service, with who wants them.
pub(super) fn databases<'a>(world: &'a Arc<World>, seat: &Seat) -> Result<Vec<(&'a Seat, &'a DatabaseForm)>, Trouble> {
    let serves = |asker: &Seat, need: &DatabaseForm| {
        let found = world.find_from(&need.of, asker);
        found.first().is_some_and(|first| {
            world.name(first) == world.name(seat) && world.host(first).name == world.host(seat).name
        })
    };
    let mut found: Vec<(&Seat, &DatabaseForm)> = Vec::new();
    for asker in &world.seats {
        for need in wanted(world, asker)?.into_iter().filter(|need| serves(asker, need)) {
            if !found.iter().any(|(_, known)| known.name == need.name) {
                found.push((asker, need));
            }
        }
    }
    found.sort_by(|one, other| one.1.name.cmp(&other.1.name));
    Ok(found)
}

/// Closing the public way in before its replacement works leaves no way in at all: each step asks for the one before.
pub(super) fn vpn_only(world: &World) -> Vec<Trouble> {
    let edge = &world.site.edge;
    let mut found = Vec::new();
    let refuse = |what: &str, help: &str| Trouble::new("catalog/vpn-only-order", what, help).at(&edge.vpn_only.origin);
    if *edge.vpn_only == VpnOnly::Off {
        return found;
    }
    if world.find("caddy", 0).is_empty() {
        found.push(refuse(
            "`edge.vpn_only` is about the edge, and no `caddy` is placed",
            "add [services.caddy], or leave `vpn_only` out",
        ));
    }
    let webhooks = world.seats.iter().any(|seat| {
        let page = seat.form.page.as_ref();
        page.is_some_and(|page| !page.public_paths.is_empty()) && world.placement(seat).domain.is_some()
    });
    if webhooks && world.find("cloudflared", 0).is_empty() {
        found.push(refuse(
            "webhooks come from the public internet, to which `vpn_only` closes the edge",
            "add [services.cloudflared] first: its tunnel carries the paths of webhooks and nothing else",
        ));
    }
    if edge.vpn.is_none() && world.seats.iter().all(|seat| world.mesh(seat).is_none()) {
        found.push(refuse(
            "nobody would be let in: the site says no VPN",
            "say its range first: edge.vpn = \"100.64.0.0/10\"",
        ));
    }
    found
}

/// What the host must show before these seats are changed.
pub(super) fn preconditions(world: &World, seats: &[&Seat]) -> Vec<Precondition> {
    if *world.site.edge.vpn_only != VpnOnly::On {
        return Vec::new();
    }
    let Some(edge) = seats.iter().find(|seat| *world.placement(seat).is == "caddy") else { return Vec::new() };
    let mut domains: Vec<String> = world
        .seats
        .iter()
        .filter(|seat| seat.form.page.is_some())
        .filter_map(|seat| Some(world.placement(seat).domain.as_ref()?.value.clone()))
        .collect();
    domains.sort();
    domains.dedup();
    let storage = format!("{}/data/{}", world.directory(edge), world.name(edge));
    let of = |domain| {
        Precondition::CertificateByDns {
        domain,
        storage: storage.clone(),
        why: "over HTTP no certificate could be renewed once the ports are closed: apply with vpn_only = \"prepared\" first, and wait until they are there".to_owned(),
    }
    };
    domains.into_iter().map(of).collect()
}
