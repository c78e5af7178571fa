//! Talking netlink with the kernel: questions, answers, acknowledgements, and what is inside them.
//!
//! Only the framing is known here: messages, their attributes, dumps and errors. What a route or an
//! address is stands in [`crate::network_state`]. Everything that is read is bounded by what was received; a
//! length that lies ends the reading, and is never believed.

use crate::system::{Fault, FaultCode};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{
    AddressFamily, Protocol, RecvFlags, SendFlags, SocketFlags, SocketType, bind, recv, sendto, socket_with, sockopt,
};

/// `struct nlmsghdr`.
const HEADER: usize = 16;
const ERROR: u16 = 2;
const DONE: u16 = 3;

pub(crate) const REQUEST: u16 = 1;
const ACKNOWLEDGE: u16 = 4;
const DUMP: u16 = 0x300;
/// The list changed while it was told.
const INTERRUPTED: u16 = 0x10;
/// Make it, and fail where it is there.
pub(crate) const CREATE: u16 = 0x400;
pub(crate) const EXCLUSIVE: u16 = 0x200;

/// How often a list that keeps changing is asked for again.
const TRIES: u32 = 10;

/// One message, as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    pub kind: u16,
    pub flags: u16,
    pub sequence: u32,
    /// The port of the socket that the kernel acted for; by habit the number of its process.
    pub port: u32,
    pub body: &'a [u8],
}

/// The messages in what was received, up to the first that is not whole.
pub fn messages(bytes: &[u8]) -> impl Iterator<Item = Message<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let length = u32::from_ne_bytes(array(rest, 0)?) as usize;
        let body = rest.get(HEADER..length)?;
        let message = Message {
            kind: u16::from_ne_bytes(array(rest, 4)?),
            flags: u16::from_ne_bytes(array(rest, 6)?),
            sequence: u32::from_ne_bytes(array(rest, 8)?),
            port: u32::from_ne_bytes(array(rest, 12)?),
            body,
        };
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some(message)
    })
}

/// The attributes in a message or in another attribute, up to the first that is not whole. Flags in
/// the type (nested, byte order) are taken off.
pub fn attributes(bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let length = usize::from(u16::from_ne_bytes(array(rest, 0)?));
        let value = rest.get(4..length)?;
        let kind = u16::from_ne_bytes(array(rest, 2)?) & 0x3fff;
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, value))
    })
}

/// The first attribute of a kind.
pub(crate) fn attribute(bytes: &[u8], wanted: u16) -> Option<&[u8]> {
    attributes(bytes).find_map(|(kind, value)| (kind == wanted).then_some(value))
}

/// Puts an attribute behind a message.
pub(crate) fn put(out: &mut Vec<u8>, kind: u16, value: &[u8]) {
    // Nothing that the kernel told is longer than it can say.
    let length = u16::try_from(value.len() + 4).unwrap_or(u16::MAX);
    out.extend(length.to_ne_bytes());
    out.extend(kind.to_ne_bytes());
    out.extend(value);
    out.resize(out.len().next_multiple_of(4), 0);
}

pub(crate) fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

pub(crate) fn word(bytes: &[u8]) -> Option<u32> {
    array(bytes, 0).map(u32::from_ne_bytes)
}

/// Text that the kernel ended with a zero byte.
pub(crate) fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}

/// A conversation with one part of the kernel.
#[derive(Debug)]
pub struct Netlink {
    socket: OwnedFd,
    sequence: u32,
    buffer: Vec<u8>,
}

impl Netlink {
    /// The part that knows links, addresses, routes and rules.
    pub fn route() -> Result<Netlink, Fault> {
        Netlink::open(None)
    }

    /// Any part, by its protocol.
    pub(crate) fn open(protocol: Option<Protocol>) -> Result<Netlink, Fault> {
        Netlink::bound(protocol, 0)
    }

    /// Hears what other processes change; `groups` as bits.
    pub(crate) fn listen(protocol: Option<Protocol>, groups: u32) -> Result<Netlink, Fault> {
        Netlink::bound(protocol, groups)
    }

    fn bound(protocol: Option<Protocol>, groups: u32) -> Result<Netlink, Fault> {
        let opened = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, protocol);
        let opened = opened.and_then(|socket| {
            if groups != 0 {
                // Nobody must have to poll because a burst did not fit.
                let _ = sockopt::set_socket_recv_buffer_size_force(&socket, 8 << 20);
            }
            bind(&socket, &SocketAddrNetlink::new(0, groups))?;
            Ok(socket)
        });
        let socket = opened
            .map_err(|error| Fault::new(FaultCode::Unsupported, "the kernel answers no netlink here").because(error))?;
        Ok(Netlink { socket, sequence: 0, buffer: vec![0; 256 << 10] })
    }

    pub(crate) fn socket(&self) -> &OwnedFd {
        &self.socket
    }

    /// Everything of a kind, each as its message's body. `head` is the fixed part of the question.
    pub(crate) fn dump(&mut self, kind: u16, head: &[u8]) -> Result<Vec<Vec<u8>>, Errno> {
        for _ in 0..TRIES {
            self.send(kind, REQUEST | DUMP, head)?;
            if let Some(found) = self.collect()? {
                return Ok(found);
            }
        }
        Err(Errno::AGAIN)
    }

    /// None: the list changed while it was told.
    fn collect(&mut self) -> Result<Option<Vec<Vec<u8>>>, Errno> {
        let mut found = Vec::new();
        let mut whole = true;
        loop {
            let sequence = self.sequence;
            for message in messages(self.receive()?).filter(|message| message.sequence == sequence) {
                whole &= message.flags & INTERRUPTED == 0;
                match message.kind {
                    DONE => return Ok(whole.then_some(found)),
                    ERROR => return failure(message.body).map(|()| None),
                    _ => found.push(message.body.to_vec()),
                }
            }
        }
    }

    /// Asks for something to be done, and hears whether it was.
    pub(crate) fn request(&mut self, kind: u16, flags: u16, body: &[u8]) -> Result<(), Errno> {
        self.send(kind, REQUEST | ACKNOWLEDGE | flags, body)?;
        loop {
            let sequence = self.sequence;
            let mut answers = messages(self.receive()?);
            if let Some(answer) = answers.find(|message| message.sequence == sequence && message.kind == ERROR) {
                return failure(answer.body);
            }
        }
    }

    pub(crate) fn send(&mut self, kind: u16, flags: u16, body: &[u8]) -> Result<(), Errno> {
        self.sequence = self.sequence.wrapping_add(1);
        let length = u32::try_from(HEADER + body.len()).map_err(|_| Errno::MSGSIZE)?;
        let mut bytes = Vec::with_capacity(HEADER + body.len());
        bytes.extend(length.to_ne_bytes());
        bytes.extend(kind.to_ne_bytes());
        bytes.extend(flags.to_ne_bytes());
        bytes.extend(self.sequence.to_ne_bytes());
        bytes.extend(0u32.to_ne_bytes());
        bytes.extend(body);
        sendto(&self.socket, &bytes, SendFlags::empty(), &SocketAddrNetlink::new(0, 0)).map(drop)
    }

    /// What comes next; what does not fit is an error, since half of a list is no list.
    pub(crate) fn receive(&mut self) -> Result<&[u8], Errno> {
        loop {
            match recv(&self.socket, &mut self.buffer[..], RecvFlags::TRUNC) {
                Ok((count, whole)) if whole > count => return Err(Errno::MSGSIZE),
                Ok((count, _)) => return Ok(self.buffer.get(..count).unwrap_or_default()),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// The number in an answer: zero is an acknowledgement.
fn failure(body: &[u8]) -> Result<(), Errno> {
    match array(body, 0).map(i32::from_ne_bytes) {
        Some(0) => Ok(()),
        Some(number) => Err(Errno::from_raw_os_error(number.saturating_neg())),
        None => Err(Errno::BADMSG),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_can_be_read_and_nothing_is_read_past_their_end(bytes: Vec<u8>) {
            let inside: usize = messages(&bytes).map(|message| HEADER + message.body.len()).sum();
            prop_assert!(inside <= bytes.len());
            let inside: usize = attributes(&bytes).map(|(_, value)| 4 + value.len()).sum();
            prop_assert!(inside <= bytes.len());
        }

        #[test]
        fn what_is_put_is_read_again(wanted: Vec<(u16, Vec<u8>)>) {
            let wanted: Vec<(u16, Vec<u8>)> = wanted.into_iter().map(|(kind, value)| (kind & 0x3fff, value)).collect();
            let mut bytes = Vec::new();
            wanted.iter().for_each(|(kind, value)| put(&mut bytes, *kind, value));
            let found: Vec<(u16, Vec<u8>)> = attributes(&bytes).map(|(kind, value)| (kind, value.to_vec())).collect();
            prop_assert_eq!(found, wanted);
        }
    }

    #[test]
    fn a_message_whose_length_is_less_than_its_header_ends_the_reading() {
        let mut bytes = 8u32.to_ne_bytes().to_vec();
        bytes.resize(64, 0);
        assert_eq!(messages(&bytes).count(), 0);
        assert_eq!(attributes(&[3, 0, 1, 0]).count(), 0);
    }
}
