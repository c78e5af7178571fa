//! To whom a file is sealed: public keys, of ssh's or age's own.

use crate::bech32;
use crate::identity::{montgomery_of_public, ssh_tag, tweak};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use std::str::FromStr;

/// A public key that a file can be sealed to.
#[derive(Clone, PartialEq, Eq)]
pub enum Recipient {
    /// `age1…`
    Age([u8; 32]),
    /// `ssh-ed25519 …`: the key as ssh writes it, and the point of the curve that is computed with.
    Ssh { blob: Vec<u8>, point: [u8; 32] },
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecipientError {
    #[error("a key of type `{0}` cannot be sealed to; ssh-ed25519 and age1… can")]
    Type(String),
    #[error("the key is damaged")]
    Damaged,
}

impl FromStr for Recipient {
    type Err = RecipientError;

    /// Reads `age1…`, or a line of ssh's with whatever comment.
    fn from_str(line: &str) -> Result<Recipient, RecipientError> {
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        if first.starts_with("age1") {
            let bytes = bech32::decode("age", first).ok_or(RecipientError::Damaged)?;
            let key = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| RecipientError::Damaged)?;
            return Ok(Recipient::Age(key));
        }
        if first != "ssh-ed25519" {
            return Err(RecipientError::Type(first.chars().take(40).collect()));
        }
        let blob = STANDARD.decode(words.next().unwrap_or_default()).map_err(|_| RecipientError::Damaged)?;
        Recipient::of_ssh(blob).ok_or(RecipientError::Damaged)
    }
}

impl Recipient {
    /// Out of ssh's own form: the length and text of the type, then those of the key.
    pub(crate) fn of_ssh(blob: Vec<u8>) -> Option<Recipient> {
        let key = blob.strip_prefix(b"\0\0\0\x0bssh-ed25519\0\0\0\x20")?;
        let point = montgomery_of_public(key.try_into().ok()?)?;
        Some(Recipient::Ssh { blob, point })
    }

    /// The point that a shared secret is made with.
    pub(crate) fn point(&self) -> [u8; 32] {
        match self {
            Recipient::Age(point) | Recipient::Ssh { point, .. } => *point,
        }
    }

    /// What the stanza for it begins with, beside the share.
    pub(crate) fn words(&self) -> Vec<String> {
        match self {
            Recipient::Age(_) => vec!["X25519".to_owned()],
            Recipient::Ssh { blob, .. } => vec!["ssh-ed25519".to_owned(), ssh_tag(blob)],
        }
    }

    /// ssh keys are bound to the key that stands in the file, and not only to its point.
    pub(crate) fn tweaked(&self, shared: [u8; 32]) -> [u8; 32] {
        match self {
            Recipient::Age(_) => shared,
            Recipient::Ssh { blob, .. } => tweak(blob, shared),
        }
    }

    pub(crate) fn label(&self) -> &'static [u8] {
        match self {
            Recipient::Age(_) => b"age-encryption.org/v1/X25519",
            Recipient::Ssh { .. } => b"age-encryption.org/v1/ssh-ed25519",
        }
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Recipient({})", self.words().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_sealed_to_is_named() {
        let error = "ssh-rsa AAAA ada".parse::<Recipient>().unwrap_err();
        assert_eq!(error.to_string(), "a key of type `ssh-rsa` cannot be sealed to; ssh-ed25519 and age1… can");
        assert_eq!("ssh-ed25519 AAAA".parse::<Recipient>(), Err(RecipientError::Damaged));
        assert_eq!("age1qqqq".parse::<Recipient>(), Err(RecipientError::Damaged));
    }
}
