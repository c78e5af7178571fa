use crate::rules::prelude::*;

use std::net::Ipv4Addr;

rule! {
    /// Two networks share addresses.
    ///
    /// Docker refuses the second one with "Pool overlaps", or, where the other is the mesh or the provider's network,
    /// takes its addresses: packets for the neighbour host go into a bridge, and the host is gone.
    ///
    /// ```yaml compose.yaml bad
    /// services: { a: { image: "redis:8.0.6" } }
    /// networks:
    ///   front: { ipam: { config: [{ subnet: 172.30.0.0/16 }] } }
    ///   back: { ipam: { config: [{ subnet: 172.30.5.0/24 }] } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services: { a: { image: "redis:8.0.6" } }
    /// networks:
    ///   front: { ipam: { config: [{ subnet: 172.30.0.0/24 }] } }
    ///   back: { ipam: { config: [{ subnet: 172.30.5.0/24 }] } }
    /// ```
    ///
    /// Compared are the networks of one file, and Docker's own 172.17.0.0/16. Source: moby
    /// `libnetwork/ipamapi` ("Pool overlaps with other one on this address space"); read 2026-11-27.
    RULE = "compose-subnet-overlap", Error, High, Look::File(&[Kind::Compose], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let networks = document.roots().filter_map(|root| root.get("networks")).flat_map(Value::entries);
    let mut seen: Vec<(Value, u32, u32)> = Vec::new();
    for (_, network) in networks {
        for config in network.path("ipam.config").into_iter().flat_map(Value::items) {
            let Some(place) = config.get("subnet") else { continue };
            let Some((start, end)) = place.literal().and_then(range) else { continue };
            if let Some((other, ..)) = seen.iter().find(|(_, from, to)| start <= *to && *from <= end) {
                report.at(place, "these addresses are in another network already").related(*other, "this one");
            } else if start <= 0xac11_ffff && 0xac11_0000 <= end {
                report.at(place, "172.17.0.0/16 is Docker's own bridge").severity(Severity::Warning);
            }
            seen.push((place, start, end));
        }
    }
}

/// The first and last address of an IPv4 network.
fn range(text: &str) -> Option<(u32, u32)> {
    let (address, bits) = text.split_once('/')?;
    let bits: u32 = bits.parse().ok().filter(|bits| *bits <= 32)?;
    let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
    let start = u32::from(address.parse::<Ipv4Addr>().ok()?) & mask;
    Some((start, start | !mask))
}
