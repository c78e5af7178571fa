//! WireGuard interfaces and for whom they carry packets.

use crate::system::{Fault, System};
use piton_reach::state::Tunnel;
use std::collections::BTreeMap;

pub(super) fn read(system: &System) -> Result<Vec<Tunnel>, Fault> {
    if system.program("wg").is_none() {
        return Ok(Vec::new());
    }
    Ok(parse(&system.run_ok(&["wg", "show", "all", "dump"])?))
}

/// `wg show all dump` has a line of five words for each interface and one of nine for each peer.
/// The private key in it is looked at by nobody.
fn parse(text: &str) -> Vec<Tunnel> {
    let mut found: BTreeMap<String, Tunnel> = BTreeMap::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split('\t').collect();
        match words.as_slice() {
            [interface, _, _, port, _] => {
                let port = port.parse().unwrap_or_default();
                let tunnel = Tunnel { interface: (*interface).to_owned(), port, allowed: Vec::new() };
                found.insert((*interface).to_owned(), tunnel);
            }
            [interface, _, _, _, allowed, ..] => {
                if let Some(tunnel) = found.get_mut(*interface) {
                    tunnel.allowed.extend(allowed.split(',').filter_map(|net| net.parse::<ipnet::IpNet>().ok()));
                }
            }
            _ => {}
        }
    }
    found.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_belong_to_their_interface() {
        let text = "wg0\tprivate\tpublic\t51820\toff\nwg0\tkey\t(none)\t203.0.113.20:51820\t10.0.0.2/32,fd00::2/128\t0\t1\t2\t25\n";
        let found = parse(text);
        assert_eq!((found[0].interface.as_str(), found[0].port, found[0].allowed.len()), ("wg0", 51820, 2));
    }
}
