//! Docker's networks, made before whoever joins them.
//!
//! A subnet that the host reaches by another way already would take that way over: it is refused, with the route.

use crate::docker;
use crate::system::{Fault, FaultCode, System};
use ipnet::IpNet;
use piton_plan::stack::Network;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Route {
    dst: String,
    #[serde(default)]
    dev: String,
}

/// Whether a network could be made, or is there as it shall be.
pub(super) fn check(system: &System, wanted: &Network) -> Result<(), Fault> {
    match docker::networks(system, &[&wanted.name])?.first() {
        Some(there) => same(there, wanted).map(drop),
        None => free(system, wanted),
    }
}

/// Whether compose could make a network of its own file's without taking over what is reached otherwise.
pub(super) fn check_own(system: &System, wanted: &Network) -> Result<(), Fault> {
    match docker::networks(system, &[&wanted.name])?.is_empty() {
        true => free(system, wanted),
        false => Ok(()),
    }
}

pub(super) fn make(system: &System, wanted: &Network) -> Result<(), Fault> {
    if let Some(there) = docker::networks(system, &[&wanted.name])?.first() {
        if same(there, wanted)? {
            return Ok(());
        }
        docker::remove_network_if_unused(system, &wanted.name)?;
    }
    free(system, wanted)?;
    let (subnet, gateway) = (wanted.subnet.to_string(), wanted.gateway.to_string());
    let mut argv =
        vec!["docker", "network", "create", "--driver", "bridge", "--subnet", &subnet, "--gateway", &gateway];
    if wanted.internal {
        argv.push("--internal");
    }
    if wanted.subnet.addr().is_ipv6() {
        argv.push("--ipv6");
    }
    argv.push(&wanted.name);
    system.run_ok(&argv).map(drop)
}

/// False: it is otherwise, and nobody is in it, so that it can be made anew.
fn same(there: &docker::Network, wanted: &Network) -> Result<bool, Fault> {
    let is = there.subnet() == Some(wanted.subnet)
        && there.gateway() == Some(wanted.gateway)
        && there.internal == wanted.internal;
    if is || there.containers.is_empty() {
        return Ok(is);
    }
    let has = there.subnet().map_or_else(|| "no subnet".to_owned(), |subnet| subnet.to_string());
    let what = format!(
        "the network {} has {has} and containers in it, and shall have {}{}",
        wanted.name,
        wanted.subnet,
        if wanted.internal { " and no way out" } else { "" }
    );
    Err(Fault::new(FaultCode::Refused, what)
        .help("take its services out of the site for one apply, or give the network another name"))
}

fn free(system: &System, wanted: &Network) -> Result<(), Fault> {
    let family = if wanted.subnet.addr().is_ipv6() { "-6" } else { "-4" };
    let said = system.run_ok(&["ip", family, "-json", "route", "show", "table", "all"])?;
    let routes: Vec<Route> = serde_json::from_str(&said)
        .map_err(|error| Fault::new(FaultCode::Unreadable, "the host's routes cannot be understood").because(error))?;
    match overlapping(&routes, &wanted.subnet) {
        None => Ok(()),
        Some(route) => {
            let what = format!(
                "the network {} would have {}, and this host reaches {} by {} already",
                wanted.name, wanted.subnet, route.dst, route.dev
            );
            Err(Fault::new(FaultCode::Refused, what).help("give the network another subnet in the site"))
        }
    }
}

/// The default route overlaps everything, and means nothing here.
fn overlapping<'a>(routes: &'a [Route], subnet: &IpNet) -> Option<&'a Route> {
    routes.iter().find(|route| {
        let single = route.dst.parse::<std::net::IpAddr>().map(IpNet::from);
        let network = route.dst.parse::<IpNet>().or(single);
        let overlap = |it: &IpNet| it.contains(subnet) || subnet.contains(it);
        network.is_ok_and(|network| network.prefix_len() > 0 && overlap(&network))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overlap(subnet: &str) -> Option<String> {
        let routes =
            r#"[{"dst":"default","dev":"eth0"},{"dst":"10.0.0.0/24","dev":"wg0"},{"dst":"192.0.2.7","dev":"eth0"}]"#;
        let routes: Vec<Route> = serde_json::from_str(routes).unwrap();
        overlapping(&routes, &subnet.parse().unwrap()).map(|route| route.dev.clone())
    }

    #[test]
    fn a_subnet_that_is_reached_by_another_way_is_told_with_that_way() {
        assert_eq!(overlap("172.20.1.0/24"), None);
        assert_eq!(overlap("10.0.0.0/16").as_deref(), Some("wg0"), "a part of it");
        assert_eq!(overlap("10.0.0.128/25").as_deref(), Some("wg0"), "all of it");
        assert_eq!(overlap("192.0.2.0/24").as_deref(), Some("eth0"), "one address");
    }
}
