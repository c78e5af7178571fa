//! Interfaces and their addresses.

use super::netlink::{address, array, attributes, dump, number, text};
use ipnet::IpNet;
use piton_reach::state::{Address, Link, LinkKind};
use std::collections::BTreeMap;

const GET_LINK: u16 = 18;
const GET_ADDRESS: u16 = 22;
const UP: u32 = 1;
const LOOPBACK: u32 = 8;

/// Every interface, in the kernel's order.
pub(super) fn links() -> Option<Vec<Link>> {
    const NAME: u16 = 3;
    const MASTER: u16 = 10;
    const INFO: u16 = 18;
    const KIND: u16 = 1;
    let messages = dump(None, GET_LINK, &[0; 16])?;
    let mut found = Vec::new();
    let mut masters: BTreeMap<String, u32> = BTreeMap::new();
    for message in &messages {
        let index = number(message.get(4..)?)?;
        let flags = number(message.get(8..)?)?;
        let (mut name, mut kind) = (String::new(), LinkKind::Other);
        if flags & LOOPBACK != 0 {
            kind = LinkKind::Loopback;
        }
        let mut master = None;
        for (attribute, value) in attributes(message.get(16..)?) {
            match attribute {
                NAME => name = text(value),
                MASTER => master = number(value),
                INFO => {
                    let word =
                        attributes(value).into_iter().find(|(kind, _)| *kind == KIND).map(|(_, value)| text(value));
                    kind = match word.as_deref() {
                        Some("bridge") => LinkKind::Bridge,
                        Some("wireguard") => LinkKind::Wireguard,
                        Some("dummy") => LinkKind::Dummy,
                        Some("veth") => LinkKind::Veth,
                        _ => kind,
                    };
                }
                _ => {}
            }
        }
        masters.extend(master.map(|master| (name.clone(), master)));
        found.push(Link { index, name, kind, up: flags & UP != 0, master: None });
    }
    let names: BTreeMap<u32, String> = found.iter().map(|link| (link.index, link.name.clone())).collect();
    for link in &mut found {
        link.master = masters.get(&link.name).and_then(|index| names.get(index)).cloned();
    }
    Some(found)
}

pub(super) fn addresses(links: &[Link]) -> Option<Vec<Address>> {
    const ADDRESS: u16 = 1;
    const LOCAL: u16 = 2;
    let mut found = Vec::new();
    for message in dump(None, GET_ADDRESS, &[0; 8])? {
        let length = *message.get(1)?;
        let index = number(message.get(4..)?)?;
        let values: BTreeMap<u16, _> = attributes(message.get(8..)?).into_iter().collect();
        // On a point-to-point interface ADDRESS is the other end's.
        let own = values.get(&LOCAL).or(values.get(&ADDRESS)).and_then(|value| address(value));
        let net = own.and_then(|own| IpNet::new(own, length).ok());
        let link = links.iter().find(|link| link.index == index);
        if let (Some(net), Some(link)) = (net, link) {
            found.push(Address { interface: link.name.clone(), net });
        }
    }
    Some(found)
}

/// The family byte of a message.
pub(super) fn family(message: &[u8]) -> Option<u8> {
    array::<1>(message, 0).map(|[family]| family)
}
