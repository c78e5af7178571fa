use crate::rules::prelude::*;

rule! {
    /// The interface is given the address of its network.
    ///
    /// `10.0.0.0/24` is the network; a host in it has a number of its own, `10.0.0.1/24`. Linux takes the first number for an
    /// address by now; older kernels and other systems take it for "all of them", and do not reach the host.
    ///
    /// ```ini wg0.conf bad
    /// [Interface]
    /// Address = 10.0.0.0/24
    /// PrivateKey = {{ wg_private_key }}
    /// ```
    ///
    /// ```ini wg0.conf good
    /// [Interface]
    /// Address = 10.0.0.1/24
    /// PrivateKey = {{ wg_private_key }}
    /// ```
    ///
    /// Tried on Linux 6.18, 2026-11-28: a neighbour reaches 10.0.0.0. The kernel's own
    /// `unicast_extensions.sh` of January 2021 expects a broadcast there; read the same day. Not verified: since when.
    RULE = "wg-address-is-network", Info, High, Look::File(&[Kind::WireGuard], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let Some(value) = super::interface(document).and_then(|section| section.get_in_any_case("Address")) else { return };
    for address in value.literal().unwrap_or_default().split(',') {
        let Some((host, bits)) = address.trim().split_once('/') else { continue };
        let (Ok(host), Ok(bits)) = (host.parse::<std::net::Ipv4Addr>(), bits.parse::<u32>()) else { continue };
        let inside = u32::MAX.checked_shr(bits).unwrap_or(0);
        if bits < 31 && u32::from(host) & inside == 0 {
            report.at(value, format!("{host} is the network, not a host in it"));
        }
    }
}
