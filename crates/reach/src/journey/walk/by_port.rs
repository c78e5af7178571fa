//! Which rules of a long chain may be for a port: Docker writes one for each that it publishes, and a packet has one port.
//!
//! A rule that asks for one other port of the destination does nothing to a packet, whatever else it asks, so it need not
//! be looked at. In a chain no packet's port changes on its way: what is sent on leaves the chain.

use super::Path;
use crate::filter::{Chain, End, Is, Part, Rule};
use crate::packet::Port;
use std::collections::HashMap;

/// A chain shorter than this is walked as quickly as it is looked up.
const LONG: usize = 32;

pub(super) struct ByPort {
    /// The places of rules for one port.
    of_one: HashMap<u16, Vec<usize>>,
    /// Those that may be for any.
    of_any: Vec<usize>,
}

impl ByPort {
    pub(super) fn of(chain: &Chain) -> Option<ByPort> {
        if chain.rules.len() < LONG {
            return None;
        }
        let mut index = ByPort { of_one: HashMap::new(), of_any: Vec::new() };
        for (number, rule) in chain.rules.iter().enumerate() {
            match only_port(rule) {
                Some(port) => index.of_one.entry(port).or_default().push(number),
                None => index.of_any.push(number),
            }
        }
        Some(index)
    }

    /// The places of the rules that may be for a port, in the chain's order.
    pub(super) fn rules_for(&self, port: u16) -> impl Iterator<Item = usize> {
        let of_one = self.of_one.get(&port).map(Vec::as_slice).unwrap_or_default();
        let mut places: Vec<usize> = of_one.iter().chain(&self.of_any).copied().collect();
        places.sort_unstable();
        places.into_iter()
    }
}

/// The one port that a rule is for, asked before it does anything.
fn only_port(rule: &Rule) -> Option<u16> {
    let tests = rule.parts.iter().map_while(|part| match part {
        Part::Test(test) => Some(test),
        Part::Do(_) | Part::Map(_) => None,
    });
    tests.filter(|test| !test.not).find_map(|test| match &test.is {
        Is::Port(End::Destination, spans) => match spans.as_slice() {
            [one] if one.first == one.last => Some(one.first),
            _ => None,
        },
        _ => None,
    })
}

/// The port that all of the packets are for, if it is known.
pub(super) fn common_port(paths: &[Path]) -> Option<u16> {
    let of = |path: &Path| match path.packet.ends.destination_port {
        Port::Known(port) => Some(port),
        _ => None,
    };
    let first = of(paths.first()?)?;
    paths.iter().all(|path| of(path) == Some(first)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::save;

    fn index(rules: &str, more: usize) -> ByPort {
        let long: String =
            (0..more).map(|number| format!("-A INPUT -p tcp --dport {} -j ACCEPT\n", 9000 + number)).collect();
        let text = format!("*filter\n:INPUT DROP [0:0]\n{rules}{long}COMMIT\n");
        let tables = save::parse(&text, false).unwrap();
        ByPort::of(tables[0].chain("INPUT").unwrap()).unwrap()
    }

    #[test]
    fn a_rule_for_another_port_is_left_out_and_all_others_keep_their_order() {
        let rules = "-A INPUT -p tcp --dport 80 -j ACCEPT\n\
                     -A INPUT -s 198.51.100.0/24 -j DROP\n\
                     -A INPUT -p tcp --dport 81 -j ACCEPT\n\
                     -A INPUT -p tcp ! --dport 82 -j DROP\n\
                     -A INPUT -p tcp --dport 80:90 -j ACCEPT\n\
                     -A INPUT -p tcp --dport 80 -j DROP\n";
        let index = index(rules, LONG);
        let of = |port| index.rules_for(port).collect::<Vec<_>>();
        assert_eq!(of(80), [0, 1, 3, 4, 5]);
        assert_eq!(of(81), [1, 2, 3, 4]);
        assert_eq!(of(82), [1, 3, 4]);
        assert_eq!(of(9001), [1, 3, 4, 7]);
    }

    #[test]
    fn a_short_chain_has_no_index() {
        let text = "*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dport 80 -j ACCEPT\nCOMMIT\n";
        assert!(ByPort::of(save::parse(text, false).unwrap()[0].chain("INPUT").unwrap()).is_none());
    }
}
