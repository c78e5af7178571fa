//! A published port as a compose file writes it in one line: `127.0.0.1:8080-8081:80-81/udp`.

use std::ops::RangeInclusive;

/// The parts of such a line. A variable in it is no number, and leaves its part out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The host's address; none: all of them.
    pub address: Option<String>,
    /// The ports of the host; none: the engine picks one.
    pub host: Option<RangeInclusive<u16>>,
    pub container: Option<RangeInclusive<u16>>,
    pub is_udp: bool,
    /// The protocol in small letters, where it is neither TCP nor UDP.
    pub other: Option<String>,
}

impl Published {
    pub fn read(text: &str) -> Published {
        let (whole, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
        let mut parts = split(whole);
        let container = parts.pop().and_then(ports);
        let host = parts.pop();
        let address = (!parts.is_empty()).then(|| parts.join(":").trim_matches(['[', ']']).to_owned());
        let (is_udp, other) = protocol_of(protocol);
        Published {
            address: address.filter(|address| !address.is_empty()),
            host: host.and_then(ports),
            container,
            is_udp,
            other,
        }
    }
}

/// Whether a protocol is UDP, and its name where it is neither that nor TCP. The engine does not mind capitals.
pub fn protocol_of(text: &str) -> (bool, Option<String>) {
    match text.to_ascii_lowercase().as_str() {
        "tcp" => (false, None),
        "udp" => (true, None),
        other => (false, Some(other.to_owned())),
    }
}

/// Reads `8080`, or `8080-8090`.
pub fn ports(text: &str) -> Option<RangeInclusive<u16>> {
    let (from, to) = text.trim().split_once('-').unwrap_or((text.trim(), text.trim()));
    Some(from.parse().ok()?..=to.parse().ok()?)
}

/// Splits at colons outside of brackets and variables.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0);
    for (position, letter) in text.char_indices() {
        match letter {
            '[' | '{' => depth += 1,
            ']' | '}' => depth -= 1,
            ':' if depth == 0 => {
                parts.push(&text[start..position]);
                start = position + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_may_be_missing_but_the_container_s() {
        let read = |text: &str| {
            let Published { address, host, container, is_udp, .. } = Published::read(text);
            (address, host, container, is_udp)
        };
        let home = Some("127.0.0.1".to_owned());
        assert_eq!(read("80"), (None, None, Some(80..=80), false));
        assert_eq!(read("8080:80/udp"), (None, Some(8080..=8080), Some(80..=80), true));
        assert_eq!(read("127.0.0.1:8080-8081:80-81"), (home.clone(), Some(8080..=8081), Some(80..=81), false));
        assert_eq!(read("127.0.0.1::80"), (home, None, Some(80..=80), false));
        assert_eq!(read("[::1]:8080:80"), (Some("::1".into()), Some(8080..=8080), Some(80..=80), false));
        assert_eq!(read("${PORT:-8080}:80"), (None, None, Some(80..=80), false));
        assert_eq!(read("8080:80/UDP"), (None, Some(8080..=8080), Some(80..=80), true), "as the engine reads it");
        assert_eq!(Published::read("90:90/sctp").other.as_deref(), Some("sctp"));
        assert_eq!(read(""), (None, None, None, false));
    }
}
