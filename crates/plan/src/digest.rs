//! SHA-256 as a value that prints, compares and travels as lower-case hex.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// The SHA-256 of some bytes, as 64 hex digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    pub fn of(bytes: impl AsRef<[u8]>) -> Digest {
        let hash = Sha256::digest(bytes.as_ref());
        Digest(hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Digests a value by its JSON. Field order is the declaration's, maps are `BTreeMap`s, so
    /// equal values give equal digests on every machine.
    pub fn of_json<T: Serialize>(value: &T) -> Digest {
        // Serialising our own plain data types cannot fail: no map has a non-string key.
        Digest::of(serde_json::to_vec(value).unwrap_or_default())
    }

    /// The first digits, enough for a person to tell two apart.
    pub fn short(&self) -> &str {
        self.0.get(..8).unwrap_or(&self.0)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A digest of what is too large to be had at once.
#[derive(Clone, Default)]
pub struct Digesting(Sha256);

impl Digesting {
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub fn end(self) -> Digest {
        Digest(self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.short())
    }
}
