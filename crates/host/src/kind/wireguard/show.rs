//! What `wg show` prints. The pretty form, not the `dump`: only this one hides private keys.

use piton_plan::kind::wireguard::Live;
use std::collections::BTreeMap;

/// The running interfaces by name.
pub(super) fn parse(printed: &str) -> BTreeMap<String, Live> {
    let mut interfaces: BTreeMap<String, Live> = BTreeMap::new();
    let mut name = String::new();
    let mut peer = String::new();
    for line in printed.lines() {
        let Some((field, value)) = line.trim().split_once(':') else { continue };
        let value = value.trim();
        if field == "interface" {
            name = value.to_owned();
            peer.clear();
            let down = Live { public_key: None, port: 0, peers: Default::default() };
            interfaces.insert(name.clone(), down);
            continue;
        }
        let Some(live) = interfaces.get_mut(&name) else { continue };
        match field {
            "public key" => live.public_key = value.parse().ok(),
            "listening port" => live.port = value.parse().unwrap_or_default(),
            "peer" => {
                peer = value.to_owned();
                live.peers.insert(peer.clone());
            }
            "allowed ips" => {
                live.peers.remove(&peer);
                live.peers.insert(format!("{peer} {}", allowed(value)));
            }
            _ => {}
        }
    }
    interfaces
}

/// Allowed networks as a configuration file lists them, in one order.
fn allowed(value: &str) -> String {
    let mut networks: Vec<&str> = value.split(',').map(str::trim).collect();
    networks.sort_unstable();
    networks.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const KEY: &str = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=";

    const PRINTED: &str = "interface: wg0
  public key: hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=
  private key: (hidden)
  listening port: 51820

peer: BBBB=
  endpoint: 203.0.113.7:51820
  allowed ips: 10.0.0.2/32
  latest handshake: 12 seconds ago
  transfer: 1.2 KiB received, 3.4 KiB sent
  persistent keepalive: every 25 seconds

peer: CCCC=
  allowed ips: (none)

interface: wg1
  listening port: 4000
";

    #[test]
    fn interfaces_and_their_peers_are_read() {
        let seen = parse(PRINTED);
        let peers = ["BBBB= 10.0.0.2/32", "CCCC= (none)"].map(str::to_owned);
        let first = Live { public_key: KEY.parse().ok(), port: 51820, peers: BTreeSet::from(peers) };
        assert_eq!(seen.get("wg0"), Some(&first));
        assert_eq!(seen.get("wg1").map(|live| (live.public_key, live.port)), Some((None, 4000)));
    }

    #[test]
    fn nothing_running_is_nothing() {
        assert!(parse("").is_empty());
        assert!(parse("  allowed ips: 10.0.0.2/32\n").is_empty(), "a peer of no interface");
    }
}
