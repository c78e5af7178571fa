//! Sockets that take new connections, or packets from anyone, asked of the kernel.

use super::containers::FirstProcesses;
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

/// Who holds a socket.
struct Holder {
    program: String,
    container: Option<String>,
}

/// Every such socket; which program holds it and in which container, where that can be seen.
pub(super) fn read(links: &[Link], containers: &FirstProcesses) -> Option<Vec<Listener>> {
    let mut holders = holders(containers);
    let mut found = Vec::new();
    for protocol in [Protocol::Tcp, Protocol::Udp] {
        for family in [IPV4, IPV6] {
            for message in dump(Some(SOCK_DIAG), DIAG_BY_FAMILY, &question(family, protocol))? {
                let Some((listener, inode)) = listener(&message, family, protocol, links) else { continue };
                let holder = holders.remove(&inode);
                let (program, container) = holder.map(|it| (it.program, it.container)).unzip();
                found.push(Listener { program, container: container.flatten(), ..listener });
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
    Some((Listener { protocol, address: own, port, v6_only, interface, program: None, container: None }, inode))
}

/// The inode of every socket that a program holds, and the program.
fn holders(containers: &FirstProcesses) -> BTreeMap<u32, Holder> {
    let mut found = BTreeMap::new();
    for process in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let folder = process.path();
        let is_process = process.file_name().to_string_lossy().bytes().all(|byte| byte.is_ascii_digit());
        if is_process {
            hold(&folder, containers, &mut found);
        }
    }
    found
}

fn hold(process: &Path, containers: &FirstProcesses, found: &mut BTreeMap<u32, Holder>) {
    let mut holder = None;
    for descriptor in std::fs::read_dir(process.join("fd")).into_iter().flatten().flatten() {
        let Ok(target) = std::fs::read_link(descriptor.path()) else { continue };
        let inode = target.to_str().and_then(|text| text.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok());
        if let Some(inode) = inode {
            let (program, container) = holder.get_or_insert_with(|| {
                let comm = std::fs::read_to_string(process.join("comm")).unwrap_or_default();
                let number = process.file_name().and_then(|name| name.to_str()?.parse().ok());
                let container = number.and_then(|number| containers.of(number)).map(str::to_owned);
                (comm.trim_end().to_owned(), container)
            });
            let new = || Holder { program: program.clone(), container: container.clone() };
            // systemd holds sockets for the units it starts; whoever holds it besides is the unit's program.
            let held = found.entry(inode).or_insert_with(new);
            if held.program == "systemd" {
                *held = new();
            }
        }
    }
}
