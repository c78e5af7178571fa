//! The listening TCP sockets, asked of the kernel by netlink.
//!
//! `/proc/net/tcp` makes the kernel walk every bucket of its table of connections, which takes
//! longer than any program that a look runs. Where this has no answer, that table still has.

use rustix::fd::OwnedFd;
use rustix::net::netlink::{SOCK_DIAG, SocketAddrNetlink};
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with};
use std::collections::BTreeMap;

const DIAG_BY_FAMILY: u16 = 20;
const REQUEST_DUMP: u16 = 0x301;
const MESSAGE_DONE: u16 = 3;
const IPV4: u8 = 2;
const IPV6: u8 = 10;
const TCP: u8 = 6;
const LISTEN: u32 = 1 << 10;
/// `struct nlmsghdr`.
const HEADER: usize = 16;
/// Within a message: the socket's own port, in network order, and its inode.
const PORT: usize = HEADER + 4;
const INODE: usize = HEADER + 68;

/// The inode of every listening TCP socket, and its port; none when the kernel has no answer.
pub(super) fn listening() -> Option<BTreeMap<String, u16>> {
    let mut found = BTreeMap::new();
    for family in [IPV4, IPV6] {
        let socket = socket_with(AddressFamily::NETLINK, SocketType::DGRAM, SocketFlags::CLOEXEC, Some(SOCK_DIAG));
        let socket = socket.ok()?;
        let kernel = SocketAddrNetlink::new(0, 0);
        sendto(&socket, &question(family), SendFlags::empty(), &kernel).ok()?;
        collect(&socket, &mut found)?;
    }
    Some(found)
}

/// `struct nlmsghdr` and `struct inet_diag_req_v2`, the rest of which is zero: any address.
fn question(family: u8) -> [u8; 72] {
    let mut bytes = [0; 72];
    let mut put = |at: usize, value: &[u8]| bytes.iter_mut().skip(at).zip(value).for_each(|(to, from)| *to = *from);
    put(0, &72u32.to_ne_bytes());
    put(4, &DIAG_BY_FAMILY.to_ne_bytes());
    put(6, &REQUEST_DUMP.to_ne_bytes());
    put(HEADER, &[family, TCP]);
    put(HEADER + 4, &LISTEN.to_ne_bytes());
    bytes
}

/// Reads answers until the kernel says that it is done; anything else than sockets is no answer.
fn collect(socket: &OwnedFd, found: &mut BTreeMap<String, u16>) -> Option<()> {
    let mut buffer = vec![0u8; 64 << 10];
    loop {
        let (count, whole) = recv(socket, &mut buffer[..], RecvFlags::TRUNC).ok()?;
        let mut rest = buffer.get(..count).filter(|_| whole == count && count > 0)?;
        while rest.len() >= HEADER {
            let length = u32::from_ne_bytes(array(rest, 0)?) as usize;
            match u16::from_ne_bytes(array(rest, 4)?) {
                MESSAGE_DONE => return Some(()),
                DIAG_BY_FAMILY => {}
                _ => return None,
            }
            let message = rest.get(..length).filter(|message| message.len() >= HEADER)?;
            let inode = u32::from_ne_bytes(array(message, INODE)?);
            found.insert(inode.to_string(), u16::from_be_bytes(array(message, PORT)?));
            rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        }
    }
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::os::fd::AsRawFd;

    fn inode(listener: &TcpListener) -> String {
        let link = std::fs::read_link(format!("/proc/self/fd/{}", listener.as_raw_fd())).expect("a link");
        link.to_string_lossy().trim_start_matches("socket:[").trim_end_matches(']').to_owned()
    }

    /// The kernel's two answers agree; one that has no netlink for sockets leaves only the other.
    #[test]
    fn a_listening_socket_is_found_by_its_inode_in_both_families_and_a_closed_one_is_not() {
        let Some(before) = listening() else { return eprintln!("skipped: this kernel has no sock_diag") };
        let four = TcpListener::bind("127.0.0.1:0").expect("a socket");
        let six = TcpListener::bind("[::1]:0").expect("a socket");
        let found = listening().expect("it answered a moment ago");
        for listener in [&four, &six] {
            let port = listener.local_addr().expect("an address").port();
            assert_eq!(found.get(&inode(listener)), Some(&port));
            assert!(!before.contains_key(&inode(listener)));
        }
        let gone = inode(&four);
        drop(four);
        assert!(!listening().expect("an answer").contains_key(&gone));
    }
}
