use crate::rules::prelude::*;
use crate::rules::wireguard::{interface, own_address, peers};

rule! {
    /// A peer is called at another port than it listens on.
    ///
    /// No handshake, no word in any log: WireGuard is silent to who knocks at the wrong door.
    ///
    /// ```ini hub/wg0.conf bad
    /// [Interface]
    /// Address = 10.0.0.1/24
    /// ListenPort = 51820
    /// PrivateKey = {{ hub_private_key }}
    /// [Peer]
    /// PublicKey = bGVhZi1wdWJsaWMta2V5LW9mLXRoZS1leGFtcGxlMDE=
    /// AllowedIPs = 10.0.0.2/32
    /// ```
    ///
    /// ```ini leaf/wg0.conf bad
    /// [Interface]
    /// Address = 10.0.0.2/24
    /// PrivateKey = {{ leaf_private_key }}
    /// [Peer]
    /// PublicKey = aHViLXB1YmxpYy1rZXktb2YtdGhlLWV4YW1wbGUwMDE=
    /// Endpoint = 203.0.113.10:51821
    /// AllowedIPs = 10.0.0.1/32
    /// PersistentKeepalive = 25
    /// ```
    ///
    /// ```ini hub/wg0.conf good
    /// [Interface]
    /// Address = 10.0.0.1/24
    /// ListenPort = 51820
    /// PrivateKey = {{ hub_private_key }}
    /// ```
    ///
    /// ```ini leaf/wg0.conf good
    /// [Interface]
    /// Address = 10.0.0.2/24
    /// PrivateKey = {{ leaf_private_key }}
    /// [Peer]
    /// PublicKey = aHViLXB1YmxpYy1rZXktb2YtdGhlLWV4YW1wbGUwMDE=
    /// Endpoint = 203.0.113.10:51820
    /// AllowedIPs = 10.0.0.1/32
    /// PersistentKeepalive = 25
    /// ```
    ///
    /// Files are paired by addresses: a peer whose AllowedIPs is the other file's own address. Source: wg(8),
    /// Endpoint and ListenPort; read 2026-11-27.
    RULE = "wg-listen-port-mismatch", Error, Medium, Look::Project(check)
}

fn check(project: &Project, report: &mut Report) {
    for file in project.of_kind(Kind::WireGuard) {
        for (_, peer) in peers(file) {
            let (Some(endpoint), Some(allowed)) =
                (peer.get_in_any_case("Endpoint"), peer.get_in_any_case("AllowedIPs").and_then(Value::literal))
            else {
                continue;
            };
            let Some(port) = endpoint.literal().and_then(|text| text.rsplit(':').next()) else { continue };
            let address = allowed.strip_suffix("/32");
            let others: Vec<&Document> = project
                .of_kind(Kind::WireGuard)
                .filter(|other| other.path != file.path && Project::are_related(other, file))
                .filter(|other| address.is_some() && own_address(other) == address)
                .collect();
            let [other] = others.as_slice() else { continue };
            if let Some(listen) = interface(other)
                .and_then(|section| section.get_in_any_case("ListenPort"))
                .filter(|listen| listen.literal().is_some_and(|text| text != port))
            {
                report
                    .at(endpoint, format!("the other side listens on {}", listen.text().unwrap_or_default()))
                    .related(listen, "here");
            }
        }
    }
}
