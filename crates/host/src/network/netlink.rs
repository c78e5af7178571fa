//! Asking the kernel for lists: one question, many messages, each with attributes.
//!
//! Small on purpose: dumps only, nothing that changes anything. A message that does not have its
//! own length is no answer.

use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, Protocol, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const REQUEST_DUMP: u16 = 0x301;
const MESSAGE_ERROR: u16 = 2;
const MESSAGE_DONE: u16 = 3;
/// `struct nlmsghdr`.
const HEADER: usize = 16;
const LARGEST: usize = 256 << 10;

/// Asks for a list; no protocol means links, addresses, routes and rules. Gives the body of every
/// message of the kind that is wanted.
pub(super) fn dump(protocol: Option<Protocol>, ask: u16, body: &[u8], wanted: u16) -> Option<Vec<Vec<u8>>> {
    let socket = socket_with(AddressFamily::NETLINK, SocketType::DGRAM, SocketFlags::CLOEXEC, protocol).ok()?;
    let length = u32::try_from(HEADER + body.len()).ok()?;
    let mut question = length.to_ne_bytes().to_vec();
    question.extend(ask.to_ne_bytes());
    question.extend(REQUEST_DUMP.to_ne_bytes());
    question.extend([0; 8]);
    question.extend(body);
    sendto(&socket, &question, SendFlags::empty(), &SocketAddrNetlink::new(0, 0)).ok()?;
    let mut found = Vec::new();
    let mut buffer = vec![0u8; LARGEST];
    loop {
        let (count, whole) = recv(&socket, &mut buffer[..], RecvFlags::TRUNC).ok()?;
        let mut rest = buffer.get(..count).filter(|_| whole == count && count > 0)?;
        while rest.len() >= HEADER {
            let length = u32::from_ne_bytes(array(rest, 0)?) as usize;
            let message = rest.get(..length).filter(|message| message.len() >= HEADER)?;
            match u16::from_ne_bytes(array(message, 4)?) {
                MESSAGE_DONE => return Some(found),
                MESSAGE_ERROR => return None,
                kind if kind == wanted => found.push(message.get(HEADER..)?.to_vec()),
                _ => {}
            }
            rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        }
    }
}

/// The attributes behind a message's fixed part: kind and value.
pub(super) fn attributes(bytes: &[u8]) -> Vec<(u16, &[u8])> {
    /// Says that the value holds attributes itself, or is in network order; not part of the kind.
    const FLAGS: u16 = 0xc000;
    let mut found = Vec::new();
    let mut rest = bytes;
    while let (Some(length), Some(kind)) =
        (array(rest, 0).map(u16::from_ne_bytes), array(rest, 2).map(u16::from_ne_bytes))
    {
        let Some(value) = rest.get(4..usize::from(length)) else { break };
        found.push((kind & !FLAGS, value));
        rest = rest.get(usize::from(length).next_multiple_of(4)..).unwrap_or_default();
    }
    found
}

pub(super) fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

pub(super) fn number(value: &[u8]) -> Option<u32> {
    array(value, 0).map(u32::from_ne_bytes)
}

pub(super) fn text(value: &[u8]) -> String {
    let end = value.iter().position(|byte| *byte == 0).unwrap_or(value.len());
    String::from_utf8_lossy(value.get(..end).unwrap_or_default()).into_owned()
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn attributes_are_taken_apart() {
        let bytes = [8, 0, 1, 0, 10, 0, 0, 1, 5, 0, 3, 0x80, 7, 0, 0, 0];
        assert_eq!(attributes(&bytes), [(1, &[10, 0, 0, 1][..]), (3, &[7][..])]);
        assert_eq!(address(&[10, 0, 0, 1]), Some("10.0.0.1".parse().unwrap()));
        assert_eq!(text(b"eth0\0"), "eth0");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_or_run_for_ever(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            let count = attributes(&bytes).len();
            prop_assert!(count <= bytes.len() / 4 + 1);
        }
    }
}
