//! Messages as they travel: a few header lines, an empty one, then as many bytes as was said.
//!
//! Both are bounded, and what does not follow the form ends the session: behind it nobody knows
//! where the next message begins.

use std::fmt;
use std::io::{self, BufRead, Read};

/// More than any file that piton reads, written as JSON.
const LARGEST_BODY: usize = 64 << 20;

/// More than any client writes before a message.
const LARGEST_HEAD: u64 = 8 << 10;

/// Why nothing more can be read.
#[derive(Debug)]
pub(super) enum FrameError {
    Io(io::Error),
    /// The head is no head.
    Head(&'static str),
    TooLarge(usize),
}

impl fmt::Display for FrameError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FrameError::Io(error) => write!(out, "cannot read a message: {error}"),
            FrameError::Head(what) => write!(out, "the head of a message {what}"),
            FrameError::TooLarge(size) => write!(out, "a message of {size} bytes; piton takes up to {LARGEST_BODY}"),
        }
    }
}

impl From<io::Error> for FrameError {
    fn from(error: io::Error) -> FrameError {
        FrameError::Io(error)
    }
}

/// Reads the next message; nothing at the end of the stream.
pub(super) fn read(input: &mut impl BufRead) -> Result<Option<Vec<u8>>, FrameError> {
    let mut length = None;
    let mut left = LARGEST_HEAD;
    loop {
        let mut line = Vec::new();
        let read = input.take(left).read_until(b'\n', &mut line)?;
        if read == 0 && length.is_none() && left == LARGEST_HEAD {
            return Ok(None);
        }
        if line.last() != Some(&b'\n') {
            return Err(FrameError::Head("is cut off, or longer than 8 KiB"));
        }
        left -= read as u64;
        let line = line.trim_ascii();
        if line.is_empty() {
            break;
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            return Err(FrameError::Head("has a line without a colon"));
        };
        if line[..colon].eq_ignore_ascii_case(b"content-length") {
            let number = std::str::from_utf8(line[colon + 1..].trim_ascii()).ok().and_then(|text| text.parse().ok());
            length = Some(number.ok_or(FrameError::Head("has a length that is no number"))?);
        }
    }
    let length: usize = length.ok_or(FrameError::Head("has no Content-Length"))?;
    if length > LARGEST_BODY {
        return Err(FrameError::TooLarge(length));
    }
    let mut body = Vec::new();
    input.take(length as u64).read_to_end(&mut body)?;
    if body.len() < length {
        return Err(FrameError::Io(io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(Some(body))
}

/// A message with its head.
pub(super) fn written(message: &serde_json::Value) -> Vec<u8> {
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Result<Vec<String>, FrameError> {
        let mut input = bytes;
        let mut found = Vec::new();
        while let Some(body) = read(&mut input)? {
            found.push(String::from_utf8_lossy(&body).into_owned());
        }
        Ok(found)
    }

    #[test]
    fn messages_follow_each_other_whatever_else_their_heads_say() {
        let bytes = b"Content-Length: 2\r\n\r\n{}content-length:3\nContent-Type: application/vscode-jsonrpc\n\n[1]";
        assert_eq!(all(bytes).unwrap(), ["{}", "[1]"]);
        assert!(all(b"").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_message_ends_the_session_with_the_reason() {
        let ends = [
            (&b"Content-Length: 5\r\n\r\n{}"[..], "cannot read a message"),
            (b"{\"id\":1}\n", "is cut off"),
            (b"GET / HTTP/1.1\r\n\r\n", "without a colon"),
            (b"Content-Length: -1\r\n\r\n", "no number"),
            (b"Content-Length: 99999999999\r\n\r\n", "piton takes up to"),
            (b"X: y\r\n\r\n", "has no Content-Length"),
        ];
        for (bytes, reason) in ends {
            let error = all(bytes).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
        let endless = vec![b'a'; 1 << 16];
        assert!(matches!(all(&endless), Err(FrameError::Head(_))));
    }
}
