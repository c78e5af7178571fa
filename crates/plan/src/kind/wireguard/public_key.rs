//! The public half of a WireGuard key.
//!
//! One host's key is written into the configuration of every other member of its mesh, and
//! `wg-quick` runs what such a file tells it to as root. So a key is 32 bytes and never a text: a
//! host that answers anything else has not answered. The private half is the host room's.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A public key, written as `wg` writes it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

/// The text is not the base64 of exactly 32 bytes.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a WireGuard public key, which is 44 letters of base64 that end in `=`")]
pub struct NotAPublicKey;

impl From<[u8; 32]> for PublicKey {
    fn from(bytes: [u8; 32]) -> PublicKey {
        PublicKey(bytes)
    }
}

impl FromStr for PublicKey {
    type Err = NotAPublicKey;

    fn from_str(text: &str) -> Result<PublicKey, NotAPublicKey> {
        let bytes = STANDARD.decode(text).map_err(|_| NotAPublicKey)?;
        let key = PublicKey(bytes.try_into().map_err(|_| NotAPublicKey)?);
        // One key has one text, whatever else a decoder is lenient about.
        if key.to_string() == text { Ok(key) } else { Err(NotAPublicKey) }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PublicKey, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=";

    #[test]
    fn a_key_is_read_and_written_as_wg_does() {
        assert_eq!(KEY.parse::<PublicKey>().unwrap().to_string(), KEY);
        let json = format!("\"{KEY}\"");
        assert_eq!(serde_json::to_string(&serde_json::from_str::<PublicKey>(&json).unwrap()).unwrap(), json);
    }

    #[test]
    fn a_key_with_lines_of_configuration_behind_it_is_no_key() {
        let answered = format!("{KEY}\nAllowedIPs = 0.0.0.0/0\n[Interface]\nPreUp = touch /root/mine");
        assert_eq!(answered.parse::<PublicKey>(), Err(NotAPublicKey));
        assert!(serde_json::from_value::<PublicKey>(answered.into()).is_err());
    }

    #[test]
    fn nothing_but_the_one_text_of_32_bytes_is_a_key() {
        let unpadded = KEY.trim_end_matches('=');
        let trailing_bits = KEY.replace("mo=", "mp=");
        let url_safe = KEY.replace('/', "_");
        let spaced = format!("{KEY} ");
        for text in ["", "AAAA", "own-key", unpadded, &trailing_bits, &url_safe, &spaced, &KEY.repeat(2)] {
            assert_eq!(text.parse::<PublicKey>(), Err(NotAPublicKey), "{text}");
        }
    }
}
