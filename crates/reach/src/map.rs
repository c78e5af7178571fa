//! The map of a host: everything that can be opened there, and by whom.

use crate::filter::{Action, End, Family, Filter, Hook, Is, Part, Rule};
use crate::packet::Protocol;
use crate::state::Published;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The ports that some rule sends on to another machine, as Docker's do for what it publishes.
pub fn published(filter: &Filter) -> Vec<Published> {
    let mut found = Vec::new();
    for table in &filter.tables {
        let translates = table
            .chains
            .iter()
            .any(|chain| chain.base.as_ref().is_some_and(|base| base.nat && base.hook == Hook::Prerouting));
        if translates {
            let rules = table.chains.iter().flat_map(|chain| &chain.rules);
            found.extend(rules.filter_map(|rule| sent_on(rule, table.family == Family::Ip6)));
        }
    }
    found.sort();
    found.dedup();
    found
}

fn sent_on(rule: &Rule, v6: bool) -> Option<Published> {
    let any = if v6 { IpAddr::from(Ipv6Addr::UNSPECIFIED) } else { Ipv4Addr::UNSPECIFIED.into() };
    let (mut protocol, mut address, mut port) = (None, any, None);
    for part in &rule.parts {
        match part {
            Part::Test(test) if !test.not => match &test.is {
                Is::Protocol(spans) if spans.iter().any(|span| span.contains(6)) => protocol = Some(Protocol::Tcp),
                Is::Protocol(spans) if spans.iter().any(|span| span.contains(17)) => protocol = Some(Protocol::Udp),
                Is::Port(End::Destination, spans) => port = spans.first().map(|span| span.first),
                Is::Address(End::Destination, ranges) => {
                    address = ranges.first().filter(|range| range.first == range.last)?.first;
                }
                _ => {}
            },
            Part::Do(Action::SendTo { address: to, ports }) => {
                let (to, port) = ((*to)?.first, port?);
                let to_port = ports.map_or(port, |span| span.first);
                return Some(Published { protocol: protocol?, address, port, to, to_port });
            }
            _ => {}
        }
    }
    None
}
