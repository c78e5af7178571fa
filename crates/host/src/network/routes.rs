//! Routes of all tables, the kernel's own table of local addresses among them.

use super::links::family;
use super::netlink::{address, array, attributes, dump, everything, number};
use ipnet::IpNet;
use piton_reach::state::{Link, Route, RouteKind};

const GET_ROUTE: u16 = 26;
/// `struct rtmsg`.
const FIXED: usize = 12;
/// A copy that the kernel made for one destination.
const CLONED: u32 = 0x200;
/// Nothing can leave by it now.
const DEAD: u32 = 0x1;

pub(super) fn read(links: &[Link]) -> Option<Vec<Route>> {
    let messages = dump(None, GET_ROUTE, &[0; FIXED])?;
    Some(messages.iter().filter_map(|message| route(message, links)).collect())
}

fn route(message: &[u8], links: &[Link]) -> Option<Route> {
    const DESTINATION: u16 = 1;
    const INTERFACE: u16 = 4;
    const GATEWAY: u16 = 5;
    const METRIC: u16 = 6;
    const MANY: u16 = 9;
    const TABLE: u16 = 15;
    let family = family(message)?;
    let [length, source_length] = array(message, 1)?;
    let [table, _, _, kind] = array(message, 4)?;
    let flags = number(message.get(8..)?)?;
    // Routes that depend on the source address are few, and written as policy rules by most.
    if flags & (CLONED | DEAD) != 0 || source_length != 0 {
        return None;
    }
    let kind = match kind {
        1 => RouteKind::Unicast,
        2 | 4 => RouteKind::Local,
        3 => RouteKind::Broadcast,
        5 => RouteKind::Multicast,
        6 => RouteKind::Blackhole,
        7 => RouteKind::Unreachable,
        8 => RouteKind::Prohibit,
        9 => RouteKind::Throw,
        _ => return None,
    };
    let name = |index: u32| links.iter().find(|link| link.index == index).map(|link| link.name.clone());
    let mut route = Route {
        table: table.into(),
        kind,
        to: IpNet::new(everything(family)?, length).ok()?,
        via: None,
        interfaces: Vec::new(),
        metric: 0,
    };
    for (attribute, value) in attributes(message.get(FIXED..)?) {
        match attribute {
            DESTINATION => route.to = IpNet::new(address(value)?, length).ok()?,
            INTERFACE => route.interfaces.extend(number(value).and_then(name)),
            GATEWAY => route.via = address(value),
            METRIC => route.metric = number(value)?,
            TABLE => route.table = number(value)?,
            MANY => route.interfaces.extend(ways(value).into_iter().filter_map(name)),
            _ => {}
        }
    }
    route.interfaces.dedup();
    Some(route)
}

/// The interfaces of a route over several ways: `struct rtnexthop`, each with its attributes.
fn ways(value: &[u8]) -> Vec<u32> {
    let mut found = Vec::new();
    let mut rest = value;
    while let (Some(length), Some(index)) =
        (array(rest, 0).map(u16::from_ne_bytes), array(rest, 4).map(u32::from_ne_bytes))
    {
        if length < 8 {
            break;
        }
        found.push(index);
        rest = rest.get(usize::from(length).next_multiple_of(4)..).unwrap_or_default();
    }
    found
}
