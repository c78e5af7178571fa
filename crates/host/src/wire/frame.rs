//! Messages and bytes in frames, on their way through a pipe. A frame has a limit, and nothing is reserved on the word
//! of a length.

use serde::{Serialize, de::DeserializeOwned};
use std::io::{self, Read, Write};

/// Larger than any plan of a site that a person wrote, smaller than what would hurt a host.
const LONGEST: usize = 64 << 20;

/// Marks the length of a frame that is bytes and no message.
const PIECE: u32 = 1 << 31;

/// What arrives: a message, or bytes.
#[derive(Debug, PartialEq)]
pub enum Incoming<T> {
    Message(T),
    Piece(Vec<u8>),
}

/// Why a message could not be had.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    #[error("the other side ended the session")]
    Closed,
    #[error("the session broke: {0}")]
    Io(#[from] io::Error),
    #[error("a message of {0} bytes is over the limit")]
    TooLong(usize),
    #[error("a message could not be understood: {0}")]
    Garbled(String),
}

pub fn send<T: Serialize>(out: &mut (impl Write + ?Sized), message: &T) -> Result<(), WireError> {
    let body = serde_json::to_vec(message).map_err(|error| WireError::Garbled(error.to_string()))?;
    let length = u32::try_from(body.len()).ok().filter(|_| body.len() <= LONGEST);
    let length = length.ok_or(WireError::TooLong(body.len()))?;
    let mut frame = Vec::with_capacity(body.len() + 4);
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(&body);
    out.write_all(&frame)?;
    Ok(out.flush()?)
}

/// Sends bytes that are no message.
pub fn send_piece(out: &mut (impl Write + ?Sized), bytes: &[u8]) -> Result<(), WireError> {
    let length = u32::try_from(bytes.len()).ok().filter(|_| bytes.len() <= LONGEST);
    let length = length.ok_or(WireError::TooLong(bytes.len()))?;
    out.write_all(&(length | PIECE).to_be_bytes())?;
    out.write_all(bytes)?;
    Ok(out.flush()?)
}

/// Receives a message where nothing else may come.
pub fn receive<T: DeserializeOwned>(input: &mut impl Read) -> Result<T, WireError> {
    match receive_any(input)? {
        Incoming::Message(message) => Ok(message),
        Incoming::Piece(_) => Err(WireError::Garbled("bytes where a message belongs".into())),
    }
}

pub fn receive_any<T: DeserializeOwned>(input: &mut impl Read) -> Result<Incoming<T>, WireError> {
    let mut head = [0u8; 4];
    match input.read_exact(&mut head) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(WireError::Closed),
        other => other?,
    }
    let word = u32::from_be_bytes(head);
    let length = (word & !PIECE) as usize;
    if length > LONGEST {
        return Err(WireError::TooLong(length));
    }
    // Grows with what really arrives: a lying length must not make the host reserve 64 MiB.
    let mut body = Vec::new();
    let read = input.take(length as u64).read_to_end(&mut body)?;
    if read < length {
        return Err(WireError::Closed);
    }
    if word & PIECE != 0 {
        return Ok(Incoming::Piece(body));
    }
    let message = serde_json::from_slice(&body).map_err(|error| WireError::Garbled(error.to_string()))?;
    Ok(Incoming::Message(message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Reply, Request};
    use proptest::prelude::*;

    #[test]
    fn a_message_arrives_as_it_was_sent() {
        let sent = Request::Undo { plan_id: "7c1e".into(), reason: "lost".into() };
        let mut bytes = Vec::new();
        send(&mut bytes, &sent).unwrap();
        assert_eq!(receive::<Request>(&mut bytes.as_slice()).unwrap(), sent);
    }

    #[test]
    fn a_session_that_ends_between_messages_is_closed_and_not_an_error_of_reading() {
        assert!(matches!(receive::<Request>(&mut [].as_slice()), Err(WireError::Closed)));
    }

    #[test]
    fn a_message_that_ends_early_is_closed() {
        let mut bytes = Vec::new();
        send(&mut bytes, &Request::Release).unwrap();
        bytes.pop();
        assert!(matches!(receive::<Request>(&mut bytes.as_slice()), Err(WireError::Closed)));
    }

    #[test]
    fn bytes_arrive_as_they_are_and_only_where_they_may() {
        let mut bytes = Vec::new();
        send_piece(&mut bytes, b"{\"ask\":\"release\"}").unwrap();
        let piece = receive_any::<Request>(&mut bytes.as_slice()).unwrap();
        assert_eq!(piece, Incoming::Piece(b"{\"ask\":\"release\"}".to_vec()));
        assert!(matches!(receive::<Request>(&mut bytes.as_slice()), Err(WireError::Garbled(_))));
    }

    #[test]
    fn a_length_over_the_limit_is_refused_before_anything_is_read() {
        let bytes = [0xff, 0xff, 0xff, 0xff, b'x'];
        assert!(matches!(receive::<Request>(&mut bytes.as_slice()), Err(WireError::TooLong(_))));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = receive::<Request>(&mut bytes.as_slice());
            let _ = receive::<Reply>(&mut bytes.as_slice());
        }
    }
}
