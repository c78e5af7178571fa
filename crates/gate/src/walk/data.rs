//! What flows through a pipe or stands in a variable, as far as it is known.

use crate::read::{ENVIRONMENT, HOLE, MARKS, NETWORK, SECRETS};

/// Text with holes in it. Where a hole comes from is marked beside it, so that it goes wherever the text goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Data {
    pub(super) text: String,
}

impl Data {
    pub(super) fn known(text: impl Into<String>) -> Data {
        Data { text: text.into() }
    }

    /// Something that only shows when the command runs.
    pub(super) fn unknown() -> Data {
        Data::known(HOLE.to_string())
    }

    pub(super) fn network() -> Data {
        Data { text: [HOLE, NETWORK].iter().collect() }
    }

    pub(super) fn environment() -> Data {
        Data { text: [HOLE, ENVIRONMENT].iter().collect() }
    }

    pub(super) fn secrets() -> Data {
        Data { text: [HOLE, SECRETS].iter().collect() }
    }

    pub(super) fn has_secrets(&self) -> bool {
        self.text.contains(SECRETS)
    }

    pub(super) fn is_from_network(&self) -> bool {
        self.text.contains(NETWORK)
    }

    pub(super) fn is_environment(&self) -> bool {
        self.text.contains(ENVIRONMENT)
    }

    pub(super) fn is_known(&self) -> bool {
        !self.text.contains(HOLE)
    }

    /// Says whether nothing of it is known.
    pub(super) fn is_hidden(&self) -> bool {
        !self.is_known() && self.text.chars().all(|letter| MARKS.contains(&letter) || letter.is_whitespace())
    }

    /// Adds what is written after it. Long data is not followed any further.
    pub(super) fn append(&mut self, more: &Data) {
        if self.text.len() + more.text.len() <= crate::LONGEST {
            self.text.push_str(&more.text);
        } else {
            *self = Data { text: format!("{}{}", self.text, more.text) }.changed();
        }
    }

    /// What a program that is not known makes of it.
    pub(super) fn changed(&self) -> Data {
        let kept = [NETWORK, ENVIRONMENT, SECRETS].into_iter().filter(|mark| self.text.contains(*mark));
        Data { text: std::iter::once(HOLE).chain(kept).collect() }
    }
}

/// Text that was encoded as base64.
pub(super) fn base64(text: &str) -> Option<String> {
    let mut bits = 0u32;
    let mut held = 0;
    let mut out = Vec::new();
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held & 0xff) as u8);
        }
    }
    String::from_utf8(out).ok()
}

/// Text that was written as hexadecimal digits.
pub(super) fn hexadecimal(text: &str) -> Option<String> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pairs = digits.chunks_exact(2).map(|pair| std::str::from_utf8(pair).ok());
    let bytes: Option<Vec<u8>> = pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect();
    String::from_utf8(bytes?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_text_is_read() {
        assert_eq!(base64("aXAgbGluayBzZXQ=\n").as_deref(), Some("ip link set"));
        assert_eq!(hexadecimal("6970 206c\n").as_deref(), Some("ip l"));
        assert_eq!(base64("%%"), None);
    }
}
