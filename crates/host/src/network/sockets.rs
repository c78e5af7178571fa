//! Sockets that take new connections, or packets from anyone, asked of the kernel.

use super::netlink::{IPV4, IPV6, address, array, attributes, dump, number};
use piton_reach::Protocol;
use piton_reach::state::{Link, Listener};
use rustix::net::netlink::SOCK_DIAG;
use std::collections::BTreeMap;
use std::path::Path;

const DIAG_BY_FAMILY: u16 = 20;
/// `struct inet_diag_msg`.
const FIXED: usize = 72;
const V6_ONLY: u16 = 11;

/// Every such socket; which program holds it, where that can be seen.
pub(super) fn read(links: &[Link]) -> Option<Vec<Listener>> {
    let holders = holders();
    let mut found = Vec::new();
    for protocol in [Protocol::Tcp, Protocol::Udp] {
        for family in [IPV4, IPV6] {
            for message in dump(Some(SOCK_DIAG), DIAG_BY_FAMILY, &question(family, protocol))? {
                let Some((listener, inode)) = listener(&message, family, protocol, links) else { continue };
                found.push(Listener { program: holders.get(&inode).cloned(), ..listener });
            }
        }
    }
    found.sort();
    found.dedup();
    Some(found)
}

/// `struct inet_diag_req_v2`, the rest of which is zero: any address.
fn question(family: u8, protocol: Protocol) -> [u8; 56] {
    const LISTENING: u32 = 1 << 10;
    // A UDP socket that is bound to nobody is in the state that TCP calls closed.
    const UNCONNECTED: u32 = 1 << 7;
    let states = if protocol == Protocol::Tcp { LISTENING } else { UNCONNECTED };
    let mut bytes = [0; 56];
    let head = [family, protocol.number(), 0, 0];
    let values = head.into_iter().chain(states.to_ne_bytes());
    bytes.iter_mut().zip(values).for_each(|(to, from)| *to = from);
    bytes
}

fn listener(message: &[u8], family: u8, protocol: Protocol, links: &[Link]) -> Option<(Listener, u32)> {
    let port = u16::from_be_bytes(array(message, 4)?);
    let bytes = message.get(8..24)?;
    // An IPv4 address in the clothes of an IPv6 one (`::ffff:192.0.2.1`) is reached by IPv4.
    let own = address(if family == IPV4 { bytes.get(..4)? } else { bytes })?.to_canonical();
    let index = number(message.get(40..)?)?;
    let inode = number(message.get(68..)?)?;
    let v6_only =
        attributes(message.get(FIXED..)?).iter().any(|(kind, value)| *kind == V6_ONLY && value.first() == Some(&1));
    let interface = links.iter().find(|link| link.index == index).map(|link| link.name.clone());
    Some((Listener { protocol, address: own, port, v6_only, interface, program: None }, inode))
}

/// The inode of every socket that a program holds, and the program's name.
fn holders() -> BTreeMap<u32, String> {
    let mut found = BTreeMap::new();
    for process in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let folder = process.path();
        let is_process = process.file_name().to_string_lossy().bytes().all(|byte| byte.is_ascii_digit());
        if is_process {
            hold(&folder, &mut found);
        }
    }
    found
}

fn hold(process: &Path, found: &mut BTreeMap<u32, String>) {
    let mut name = None;
    for descriptor in std::fs::read_dir(process.join("fd")).into_iter().flatten().flatten() {
        let Ok(target) = std::fs::read_link(descriptor.path()) else { continue };
        let inode = target.to_str().and_then(|text| text.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok());
        if let Some(inode) = inode {
            let name = name.get_or_insert_with(|| {
                let comm = std::fs::read_to_string(process.join("comm")).unwrap_or_default();
                comm.trim_end().to_owned()
            });
            // systemd holds sockets for the units it starts; whoever holds it besides is the unit's program.
            let held = found.entry(inode).or_insert_with(|| name.clone());
            if held == "systemd" {
                held.clone_from(name);
            }
        }
    }
}
