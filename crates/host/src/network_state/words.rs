//! Addresses, routes, rules and the others in words, much as `ip` says them.
//!
//! For people only: nothing is decided by what stands here.

use super::item::{
    Class, Exact, Hop, IFA_ADDRESS, IFA_LOCAL, IPV4, LOCAL_TABLE, NDA_DST, NDA_LLADDR, RTA_DST, RTA_GATEWAY,
    RTA_MULTIPATH, RTA_OIF, RTA_PRIORITY, RTA_TABLE, Value,
};
use crate::netlink::text;
use std::net::{Ipv4Addr, Ipv6Addr};

const RTA_PREFSRC: u16 = 7;
const RTA_VIA: u16 = 18;
const MAIN_TABLE: u32 = 254;
const DEFAULT_TABLE: u32 = 253;

pub(super) fn of(class: Class, exact: &Exact) -> String {
    match class {
        Class::Address => address(exact),
        Class::Neighbour => neighbour(exact),
        Class::Nexthop => format!("nexthop id {}", exact.number(1).unwrap_or_default()),
        Class::Route => route(exact),
        Class::Rule => rule(exact),
    }
}

fn address(exact: &Exact) -> String {
    let local = exact.bytes(IFA_LOCAL).or(exact.bytes(IFA_ADDRESS)).map(ip).unwrap_or_default();
    let length = exact.head().get(1).copied().unwrap_or_default();
    let peer = exact.bytes(IFA_ADDRESS).map(ip).filter(|peer| *peer != local);
    let peer = peer.map(|peer| format!(" peer {peer}")).unwrap_or_default();
    format!("{local}{peer}/{length} dev {}", exact.link().unwrap_or_default())
}

fn neighbour(exact: &Exact) -> String {
    let to = exact.bytes(NDA_DST).map(ip).unwrap_or_default();
    let hardware = exact.bytes(NDA_LLADDR).map(mac).unwrap_or_default();
    format!("{to} lladdr {hardware} dev {} permanent", exact.link().unwrap_or_default())
}

fn route(exact: &Exact) -> String {
    let head = exact.head();
    let at = |position: usize| head.get(position).copied().unwrap_or_default();
    let mut said = Vec::new();
    said.extend(kind(at(7)).map(str::to_owned));
    said.push(match (exact.bytes(RTA_DST), at(1)) {
        (None, _) if at(0) == IPV4 => "default".to_owned(),
        (None, _) => "default (IPv6)".to_owned(),
        (Some(to), length) => prefix(to, length),
    });
    let hop = |gateway: Option<&[u8]>, via: Option<&[u8]>| {
        let gateway = gateway.map(ip).or_else(|| via.and_then(|via| via.get(2..)).map(ip));
        gateway.map(|gateway| format!("via {gateway}"))
    };
    said.extend(hop(exact.bytes(RTA_GATEWAY), exact.bytes(RTA_VIA)));
    if let Some(Value::Link(link)) = exact.value(RTA_OIF) {
        said.push(format!("dev {link}"));
    }
    if let Some(Value::Hops(hops)) = exact.value(RTA_MULTIPATH) {
        let of = |hop: &Hop, wanted: u16| {
            hop.with.iter().find_map(|(kind, value)| match value {
                Value::Is(bytes) if *kind == wanted => Some(bytes.0.clone()),
                _ => None,
            })
        };
        for one in hops {
            said.extend(hop(of(one, RTA_GATEWAY).as_deref(), of(one, RTA_VIA).as_deref()));
            said.push(format!("dev {} weight {}", one.link, u32::from(one.weight) + 1));
        }
    }
    said.extend(exact.bytes(RTA_PREFSRC).map(|source| format!("src {}", ip(source))));
    said.extend(exact.number(RTA_PRIORITY).map(|metric| format!("metric {metric}")));
    let table = exact.number(RTA_TABLE).unwrap_or(at(4).into());
    if table != MAIN_TABLE {
        said.push(format!("table {}", table_name(table)));
    }
    said.join(" ")
}

fn kind(number: u8) -> Option<&'static str> {
    match number {
        2 => Some("local"),
        3 => Some("broadcast"),
        4 => Some("anycast"),
        5 => Some("multicast"),
        6 => Some("blackhole"),
        7 => Some("unreachable"),
        8 => Some("prohibit"),
        9 => Some("throw"),
        _ => None,
    }
}

fn table_name(number: u32) -> String {
    match number {
        LOCAL_TABLE => "local".to_owned(),
        MAIN_TABLE => "main".to_owned(),
        DEFAULT_TABLE => "default".to_owned(),
        other => other.to_string(),
    }
}

fn rule(exact: &Exact) -> String {
    let head = exact.head();
    let at = |position: usize| head.get(position).copied().unwrap_or_default();
    let mut said = vec![format!("{}:", exact.number(6).unwrap_or_default())];
    if at(8) != 0 {
        said.push("not".to_owned());
    }
    said.push(format!("from {}", exact.bytes(2).map_or_else(|| "all".to_owned(), |from| prefix(from, at(2)))));
    said.extend(exact.bytes(1).map(|to| format!("to {}", prefix(to, at(1)))));
    said.extend(exact.bytes(3).map(|link| format!("iif {}", text(link))));
    said.extend(exact.bytes(17).map(|link| format!("oif {}", text(link))));
    said.extend(exact.number(10).map(|mark| format!("fwmark {mark:#x}")));
    said.extend(exact.bytes(22).and_then(<[u8]>::first).map(|protocol| format!("ipproto {protocol}")));
    said.push(match at(7) {
        1 => format!("lookup {}", table_name(exact.number(RTA_TABLE).unwrap_or(at(4).into()))),
        2 => format!("goto {}", exact.number(4).unwrap_or_default()),
        6 => "blackhole".to_owned(),
        7 => "unreachable".to_owned(),
        8 => "prohibit".to_owned(),
        other => format!("action {other}"),
    });
    if at(0) != IPV4 {
        said.push("(IPv6)".to_owned());
    }
    said.join(" ")
}

fn prefix(bytes: &[u8], length: u8) -> String {
    format!("{}/{length}", ip(bytes))
}

pub(super) fn ip(bytes: &[u8]) -> String {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Ipv4Addr::from(four).to_string();
    }
    match <[u8; 16]>::try_from(bytes) {
        Ok(sixteen) => Ipv6Addr::from(sixteen).to_string(),
        Err(_) => format!("{} bytes", bytes.len()),
    }
}

pub(super) fn mac(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
}
