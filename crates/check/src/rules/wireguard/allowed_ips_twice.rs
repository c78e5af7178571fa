use crate::rules::prelude::*;
use std::collections::HashMap;

rule! {
    /// Two peers of a mesh have the same address.
    ///
    /// AllowedIPs is a table of who is behind which address, and each address has one peer. The last one in the file takes it, and the
    /// other peer is connected and cannot be reached.
    ///
    /// ```ini wg0.conf bad
    /// [Interface]
    /// Address = 10.0.0.1/24
    /// ListenPort = 51820
    /// PrivateKey = {{ wg_private_key }}
    /// [Peer]
    /// PublicKey = bGVhZi1wdWJsaWMta2V5LW9mLXRoZS1leGFtcGxlMDE=
    /// AllowedIPs = 10.0.0.2/32
    /// [Peer]
    /// PublicKey = aHViLXB1YmxpYy1rZXktb2YtdGhlLWV4YW1wbGUwMDE=
    /// AllowedIPs = 10.0.0.2/32
    /// ```
    ///
    /// ```ini wg0.conf good
    /// [Interface]
    /// Address = 10.0.0.1/24
    /// ListenPort = 51820
    /// PrivateKey = {{ wg_private_key }}
    /// [Peer]
    /// PublicKey = bGVhZi1wdWJsaWMta2V5LW9mLXRoZS1leGFtcGxlMDE=
    /// AllowedIPs = 10.0.0.2/32
    /// [Peer]
    /// PublicKey = aHViLXB1YmxpYy1rZXktb2YtdGhlLWV4YW1wbGUwMDE=
    /// AllowedIPs = 10.0.0.3/32, 10.0.0.0/24
    /// ```
    ///
    /// A wider range beside a single address is no mistake. Source: wg(8), allowed-ips; the kernel's
    /// `drivers/net/wireguard/allowedips.c`, add, gives the node to the new peer; read 2026-11-28.
    RULE = "wg-allowed-ips-twice", Error, High, Look::File(&[Kind::WireGuard], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let mut taken: HashMap<String, (Option<&str>, Value)> = HashMap::new();
    for (_, peer) in super::peers(document) {
        let key = peer.get_in_any_case("PublicKey").and_then(Value::text);
        for (name, value) in peer.entries() {
            let is_list = name.text().is_some_and(|name| name.eq_ignore_ascii_case("AllowedIPs"));
            let Some(text) = value.literal().filter(|text| is_list && !text.contains(['#', '$', '<'])) else {
                continue;
            };
            for range in text.split(',').map(str::trim).filter(|range| !range.is_empty()) {
                let single = if range.contains(':') { "/128" } else { "/32" };
                let bare = range.strip_suffix(single).unwrap_or(range).to_ascii_lowercase();
                let Some((owner, place)) = taken.insert(bare, (key, value)) else { continue };
                if owner != key || key.is_none() {
                    report
                        .at(value, format!("{range} is another peer's, too: the last one takes it"))
                        .related(place, "this peer is not reached any more");
                }
            }
        }
    }
}
