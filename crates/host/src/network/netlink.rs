//! Lists of the kernel's for the reach model: what [`crate::netlink`] hears, where no answer is no
//! reason to stop but something to be named.

use crate::netlink::Netlink;
use rustix::net::Protocol;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub(super) use crate::netlink::{array, text, word as number};

/// Asks for a list; no protocol means links, addresses, routes and rules. Gives the body of every
/// message in it.
pub(super) fn dump(protocol: Option<Protocol>, ask: u16, body: &[u8]) -> Option<Vec<Vec<u8>>> {
    Netlink::open(protocol).ok()?.dump(ask, body).ok()
}

/// The attributes behind a message's fixed part: kind and value.
pub(super) fn attributes(bytes: &[u8]) -> Vec<(u16, &[u8])> {
    crate::netlink::attributes(bytes).collect()
}

pub(super) fn address(value: &[u8]) -> Option<IpAddr> {
    match value.len() {
        4 => array::<4>(value, 0).map(|bytes| Ipv4Addr::from(bytes).into()),
        16 => array::<16>(value, 0).map(|bytes| Ipv6Addr::from(bytes).into()),
        _ => None,
    }
}

/// The address of a family that stands for all of its addresses.
pub(super) fn everything(family: u8) -> Option<IpAddr> {
    match family {
        IPV4 => Some(Ipv4Addr::UNSPECIFIED.into()),
        IPV6 => Some(Ipv6Addr::UNSPECIFIED.into()),
        _ => None,
    }
}

pub(super) const IPV4: u8 = 2;
pub(super) const IPV6: u8 = 10;
