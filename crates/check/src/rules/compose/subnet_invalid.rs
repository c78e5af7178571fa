use crate::rules::prelude::*;

use std::net::IpAddr;

rule! {
    /// A subnet that is none.
    ///
    /// `docker compose config` does not read it. The engine does, when the network is made: the old containers
    /// are gone by then, and the new ones do not start.
    ///
    /// ```yaml compose.yaml bad
    /// services: { a: { image: "redis:8.0.6" } }
    /// networks:
    ///   back: { ipam: { config: [{ subnet: 172.30.5.0/99 }] } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services: { a: { image: "redis:8.0.6" } }
    /// networks:
    ///   back: { ipam: { config: [{ subnet: 172.30.5.0/24 }] } }
    /// ```
    ///
    /// Tried with compose 2.26.1, 2026-11-28. Source: moby `api/types/network/ipam.go` ("invalid subnet").
    RULE = "compose-subnet-invalid", Error, High, Look::File(&[Kind::Compose], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let networks = document.roots().filter_map(|root| root.get("networks")).flat_map(Value::entries);
    for (_, network) in networks {
        for config in network.path("ipam.config").into_iter().flat_map(Value::items) {
            let Some(place) = config.get("subnet") else { continue };
            let Some(text) = place.literal().filter(|text| !text.contains('$')) else { continue };
            if let Err(why) = subnet(text.trim()) {
                report.at(place, format!("Docker refuses this network: {why}"));
            }
        }
    }
}

fn subnet(text: &str) -> Result<(), String> {
    let (address, bits) = text.split_once('/').ok_or("a subnet ends with `/` and its bits")?;
    let address: IpAddr = address.parse().map_err(|_| format!("`{address}` is no address"))?;
    let (value, whole) = match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    };
    let bits: u32 =
        bits.parse().ok().filter(|bits| *bits <= whole).ok_or(format!("`/{bits}` is more than /{whole}"))?;
    let inside = 1u128.checked_shl(whole - bits).map_or(u128::MAX, |size| size - 1);
    if value & inside != 0 {
        return Err(format!("{address} is a host in the network, not the network"));
    }
    Ok(())
}
