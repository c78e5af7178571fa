use crate::rules::prelude::*;

use super::{own_address, peers};

rule! {
    /// Two hosts of a mesh wait for each other.
    ///
    /// A peer without `Endpoint` is one that calls first. When neither side says where the other one is, nobody ever does.
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
    /// AllowedIPs = 10.0.0.1/32
    /// ```
    ///
    /// ```ini hub/wg0.conf good
    /// [Interface]
    /// Address = 10.0.0.1/24
    /// ListenPort = 51820
    /// PrivateKey = {{ hub_private_key }}
    /// [Peer]
    /// PublicKey = bGVhZi1wdWJsaWMta2V5LW9mLXRoZS1leGFtcGxlMDE=
    /// AllowedIPs = 10.0.0.2/32
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
    /// Files are paired by addresses: each has a peer whose AllowedIPs is the other one's own address. Source: wg(8),
    /// Endpoint; read 2026-11-27.
    RULE = "wg-endpoint-missing", Error, Medium, Look::File(&[Kind::WireGuard], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let Some(mine) = own_address(document) else { return };
    for (place, peer) in peers(document).filter(|(_, peer)| peer.get_in_any_case("Endpoint").is_none()) {
        let Some(address) =
            peer.get_in_any_case("AllowedIPs").and_then(Value::literal).and_then(|text| text.strip_suffix("/32"))
        else {
            continue;
        };
        let others: Vec<&Document> = project
            .of_kind(Kind::WireGuard)
            .filter(|file| {
                Project::are_related(file, document) && file.path > document.path && own_address(file) == Some(address)
            })
            .collect();
        let [other] = others.as_slice() else { continue };
        let back = peers(other).find(|(_, peer)| {
            peer.get_in_any_case("AllowedIPs").and_then(Value::literal).and_then(|text| text.strip_suffix("/32"))
                == Some(mine)
        });
        if let Some((there, _)) = back.filter(|(_, peer)| peer.get_in_any_case("Endpoint").is_none()) {
            report
                .at(place, "neither side says where the other one is: no tunnel ever comes up")
                .related(there, "the other side")
                .help("Endpoint = ADDRESS:PORT on the side that can reach the other");
        }
    }
}
