//! Names and numbers that both iptables and nftables use.

use super::{AddressKind, Range, Span, Tracked};
use ipnet::IpNet;
use std::net::IpAddr;

pub(crate) fn protocol(word: &str) -> Option<u8> {
    Some(match word {
        "icmp" => 1,
        "igmp" => 2,
        "ipencap" | "ipip" => 4,
        "tcp" => 6,
        "udp" => 17,
        "dccp" => 33,
        "ipv6" => 41,
        "gre" => 47,
        "esp" | "ipv6-crypt" => 50,
        "ah" | "ipv6-auth" => 51,
        "icmpv6" | "ipv6-icmp" => 58,
        "ospf" => 89,
        "vrrp" => 112,
        "sctp" => 132,
        "udplite" => 136,
        "mh" | "mobility-header" => 135,
        other => return other.parse().ok(),
    })
}

/// An address, one with a prefix or mask, or `first-last`.
pub(crate) fn range(word: &str) -> Option<Range> {
    if let Some((first, last)) = word.split_once('-') {
        let (first, last): (IpAddr, IpAddr) = (first.parse().ok()?, last.parse().ok()?);
        return (first.is_ipv4() == last.is_ipv4()).then_some(Range { first, last });
    }
    if let Ok(address) = word.parse::<IpAddr>() {
        return Some(Range::one(address));
    }
    if let Ok(net) = word.parse::<IpNet>() {
        return Some(Range::of(net.trunc()));
    }
    // A dotted mask; one with holes is not a range.
    let (address, mask) = word.split_once('/')?;
    let net = IpNet::with_netmask(address.parse().ok()?, mask.parse().ok()?).ok()?;
    Some(Range::of(net.trunc()))
}

/// `22`, `1000:2000` or `1000-2000`.
pub(crate) fn span(word: &str) -> Option<Span> {
    let number = |word: &str, empty: u16| if word.is_empty() { Some(empty) } else { word.parse().ok() };
    match word.split_once([':', '-']) {
        None => word.parse().ok().map(Span::one),
        Some((first, last)) => Some(Span { first: number(first, 0)?, last: number(last, u16::MAX)? }),
    }
}

pub(crate) fn tracked(word: &str) -> Option<Tracked> {
    Some(match word.to_ascii_lowercase().as_str() {
        "invalid" => Tracked::Invalid,
        "new" => Tracked::New,
        "established" => Tracked::Established,
        "related" => Tracked::Related,
        "untracked" => Tracked::Untracked,
        "dnat" => Tracked::SentOn,
        "snat" => Tracked::Masked,
        _ => return None,
    })
}

pub(crate) fn address_kind(word: &str) -> AddressKind {
    match word.to_ascii_lowercase().as_str() {
        "unicast" => AddressKind::Unicast,
        "local" => AddressKind::Local,
        "broadcast" => AddressKind::Broadcast,
        "multicast" => AddressKind::Multicast,
        _ => AddressKind::Other,
    }
}

/// `0x1`, `0x1/0xff` or `1`.
pub(crate) fn mark(word: &str) -> Option<(u32, u32)> {
    let (value, mask) = word.split_once('/').unwrap_or((word, "0xffffffff"));
    Some((number(value)?, number(mask)?))
}

pub(crate) fn number(word: &str) -> Option<u32> {
    match word.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => word.parse().ok(),
    }
}

/// The TCP flags of a list of names, as bits.
pub(crate) fn flags<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<u8> {
    let mut found = 0;
    for name in names {
        found |= match name.to_ascii_lowercase().as_str() {
            "fin" => 0x01,
            "syn" => 0x02,
            "rst" => 0x04,
            "psh" => 0x08,
            "ack" => 0x10,
            "urg" => 0x20,
            "ecn" => 0x40,
            "cwr" => 0x80,
            "all" => 0x3f,
            "none" => 0,
            _ => return None,
        };
    }
    Some(found)
}
