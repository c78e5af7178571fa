use crate::rules::prelude::*;

rule! {
    /// A peer of a mesh may send as anybody.
    ///
    /// `AllowedIPs` is both the route and what the peer may claim to be. `0.0.0.0/0` on a server takes its whole traffic
    /// into the tunnel, ssh included.
    ///
    /// ```ini wg0.conf bad
    /// [Interface]
    /// Address = 10.0.0.1/24
    /// ListenPort = 51820
    /// PrivateKey = {{ wg_private_key }}
    /// [Peer]
    /// PublicKey = {{ peer_public_key }}
    /// AllowedIPs = 0.0.0.0/0
    /// ```
    ///
    /// ```ini wg0.conf good
    /// [Interface]
    /// Address = 10.0.0.1/24
    /// ListenPort = 51820
    /// PrivateKey = {{ wg_private_key }}
    /// [Peer]
    /// PublicKey = {{ peer_public_key }}
    /// AllowedIPs = 10.0.0.2/32
    /// ```
    ///
    /// A client that means to send everything through the tunnel is not told: it has no ListenPort, or one peer with an Endpoint and
    /// nothing that forwards. Source: wireguard-tools
    /// 1.0.20210914, `wg-quick`, add_default; read 2026-11-28.
    RULE = "wg-allowed-ips-too-wide", Warning, Medium, Look::File(&[Kind::WireGuard], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let Some(own) = super::interface(document).filter(|own| own.get_in_any_case("ListenPort").is_some()) else {
        return;
    };
    let peers: Vec<(Value, Value)> = super::peers(document).collect();
    let forwards = own.get_in_any_case("PostUp").is_some();
    let calls = |(_, peer): &(Value, Value)| peer.get_in_any_case("Endpoint").is_some();
    // What is written for a phone has a port of its own, too.
    if matches!(peers.as_slice(), [only] if calls(only) && !forwards) {
        return;
    }
    for (_, peer) in peers {
        if let Some(value) = peer.get_in_any_case("AllowedIPs").filter(|value| {
            value.text().is_some_and(|text| text.split(',').any(|range| matches!(range.trim(), "0.0.0.0/0" | "::/0")))
        }) {
            report
                .at(value, "this takes the whole traffic of the server into the tunnel")
                .help("the peer's own address: 10.0.0.2/32");
        }
    }
}
