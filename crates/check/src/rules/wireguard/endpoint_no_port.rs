use crate::rules::prelude::*;

rule! {
    /// A peer's endpoint has no port.
    ///
    /// WireGuard has no usual port. `wg` refuses the whole file, and the tunnel does not come up.
    ///
    /// ```ini wg0.conf bad
    /// [Interface]
    /// Address = 10.0.0.2/24
    /// PrivateKey = {{ wg_private_key }}
    /// [Peer]
    /// PublicKey = bGVhZi1wdWJsaWMta2V5LW9mLXRoZS1leGFtcGxlMDE=
    /// Endpoint = vpn.example.org
    /// AllowedIPs = 10.0.0.1/32
    /// PersistentKeepalive = 25
    /// ```
    ///
    /// ```ini wg0.conf good
    /// [Interface]
    /// Address = 10.0.0.2/24
    /// PrivateKey = {{ wg_private_key }}
    /// [Peer]
    /// PublicKey = bGVhZi1wdWJsaWMta2V5LW9mLXRoZS1leGFtcGxlMDE=
    /// Endpoint = [2001:db8::10]:51820
    /// AllowedIPs = 10.0.0.1/32
    /// PersistentKeepalive = 25
    /// ```
    ///
    /// Tried with `wg setconf` of wireguard-tools 1.0.20210914, 2026-11-28: "Unable to find port of endpoint: `203.0.113.1'",
    /// "Configuration parsing error".
    RULE = "wg-endpoint-no-port", Error, High, Look::File(&[Kind::WireGuard], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for (_, peer) in super::peers(document) {
        let Some(value) = peer.get_in_any_case("Endpoint") else { continue };
        let Some(text) =
            value.literal().map(str::trim).filter(|text| !text.is_empty() && !text.contains(['#', '$', '<', '%', '@']))
        else {
            continue;
        };
        // An address of IPv6 that stands in brackets has its port behind them.
        let is_name = !text.contains(':') && !text.contains(char::is_whitespace) && text.contains('.');
        if is_name || text.starts_with('[') && text.ends_with(']') {
            report.at(value, "no port: `wg` refuses the file").help(format!("Endpoint = {text}:51820"));
        }
    }
}
