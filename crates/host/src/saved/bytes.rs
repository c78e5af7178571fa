//! Bytes that must survive JSON unharmed: text stays readable, everything else is base64.

use crate::system::{Fault, FaultCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// Any bytes; as text in JSON when they are UTF-8, else as base64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bytes {
    Text(String),
    Base64(String),
}

impl Bytes {
    pub fn of(bytes: Vec<u8>) -> Bytes {
        match String::from_utf8(bytes) {
            Ok(text) => Bytes::Text(text),
            Err(error) => Bytes::Base64(STANDARD.encode(error.as_bytes())),
        }
    }

    pub fn bytes(&self) -> Result<Vec<u8>, Fault> {
        let broken = |error| Fault::new(FaultCode::Unreadable, "a saved file is not whole").because(error);
        match self {
            Bytes::Text(text) => Ok(text.clone().into_bytes()),
            Bytes::Base64(text) => STANDARD.decode(text).map_err(broken),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_come_back_through_json(bytes: Vec<u8>) {
            let json = serde_json::to_string(&Bytes::of(bytes.clone())).unwrap();
            let back: Bytes = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(back.bytes().unwrap(), bytes);
        }
    }
}
