use crate::rules::prelude::*;
use piton_config::nearest;

rule! {
    /// A key that WireGuard does not know.
    ///
    /// `wg-quick strip` lets it pass; the tunnel then does not come up: "Line unrecognized". On a host that is
    /// reached through it, that is found out after the next start.
    ///
    /// ```ini wg0.conf bad
    /// [Interface]
    /// Address = 10.0.0.1/24
    /// PrivateKey = {{ wg_private_key }}
    /// [Peer]
    /// PublicKey = {{ peer_public_key }}
    /// AllowedIP = 10.0.0.2/32
    /// ```
    ///
    /// ```ini wg0.conf good
    /// [Interface]
    /// Address = 10.0.0.1/24
    /// PrivateKey = {{ wg_private_key }}
    /// [Peer]
    /// PublicKey = {{ peer_public_key }}
    /// AllowedIPs = 10.0.0.2/32
    /// ```
    ///
    /// Told is what is nearly a known key: relatives of WireGuard have keys of their own. Tried with
    /// wireguard-tools 1.0.20210914, 2026-11-28.
    RULE = "wg-unknown-key", Error, High, Look::File(&[Kind::WireGuard], check)
}

const INTERFACE: [&str; 12] = [
    "PrivateKey",
    "ListenPort",
    "FwMark",
    "Address",
    "DNS",
    "MTU",
    "Table",
    "PreUp",
    "PostUp",
    "PreDown",
    "PostDown",
    "SaveConfig",
];
const PEER: [&str; 5] = ["PublicKey", "PresharedKey", "AllowedIPs", "Endpoint", "PersistentKeepalive"];

fn check(_: &Project, document: &Document, report: &mut Report) {
    let interface = super::interface(document).map(|section| (section, &INTERFACE[..]));
    let peers = super::peers(document).map(|(_, section)| (section, &PEER[..]));
    for (section, known) in interface.into_iter().chain(peers) {
        for (key, _) in section.entries() {
            let Some(name) = key.literal().map(str::trim) else { continue };
            if known.iter().any(|it| it.eq_ignore_ascii_case(name)) {
                continue;
            }
            if let Some(meant) = nearest(name, known.iter().copied()) {
                report
                    .at(key, format!("WireGuard does not know `{name}`: the tunnel does not come up"))
                    .help(format!("did you mean `{meant}`?"));
            }
        }
    }
}
