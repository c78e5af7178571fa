//! Bytes become text; what is no UTF-8 and how lines end is told, and nothing is lost over it.

use super::{Fault, FaultKind, Kind};
use std::ops::Range;

/// How the lines of a file end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnds {
    Unix,
    Windows,
    Mixed,
}

pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) line_ends: LineEnds,
    pub(super) fault: Option<Fault>,
}

pub(super) fn decode(bytes: &[u8]) -> Decoded {
    let (text, fault) = match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), None),
        Err(error) => {
            let text = String::from_utf8_lossy(bytes).into_owned();
            let at = error.valid_up_to();
            let byte = bytes.get(at).copied().unwrap_or_default();
            let what = format!("byte {at} is 0x{byte:02x}, which is not UTF-8{}", windows_name(byte));
            (text, Some(Fault { kind: FaultKind::Encoding, range: at..at + 3, what }))
        }
    };
    Decoded { line_ends: line_ends(&text), text, fault }
}

/// The byte order mark that editors of Windows put in front.
pub(super) const MARK: char = '\u{feff}';

pub(super) fn without_mark(text: &str) -> &str {
    text.strip_prefix(MARK).unwrap_or(text)
}

/// A byte order mark in front of a file whose program takes it for a part of the first word. Compose, BuildKit, Caddy,
/// systemd and dockerd skip it.
pub(super) fn refused_mark(kind: Kind, text: &str) -> Option<Fault> {
    let refuses = matches!(
        kind,
        Kind::Sshd
            | Kind::Iptables
            | Kind::Nftables
            | Kind::Jail
            | Kind::Fail2banFilter
            | Kind::WireGuard
            | Kind::Redis
            | Kind::Postgres
            | Kind::PgHba
            | Kind::Crontab
            | Kind::AnsibleCfg
    );
    let what = || {
        let what =
            "the file begins with a byte order mark (EF BB BF), which its program takes for a part of the first word";
        Fault { kind: FaultKind::Syntax, range: 0..MARK.len_utf8(), what: what.to_owned() }
    };
    (refuses && text.starts_with(MARK)).then(what)
}

/// How many bytes are looked at in one go.
const BLOCK: usize = 256;

/// The blocks that have a byte of this sort. Every file is looked at to its end, so many bytes at once are.
pub(super) fn blocks_with(bytes: &[u8], is_wanted: impl Fn(u8) -> bool) -> impl Iterator<Item = Range<usize>> {
    let blocks = (0..bytes.len()).step_by(BLOCK).map(|start| start..bytes.len().min(start + BLOCK));
    // A sum of bytes, since of truths the compiler makes one comparison after the other.
    blocks.filter(move |block| bytes[block.clone()].iter().fold(0, |any, byte| any | u8::from(is_wanted(*byte))) != 0)
}

pub(super) fn has_byte(bytes: &[u8], is_wanted: impl Fn(u8) -> bool) -> bool {
    blocks_with(bytes, is_wanted).next().is_some()
}

fn line_ends(text: &str) -> LineEnds {
    if !has_byte(text.as_bytes(), |byte| byte == b'\r') {
        return LineEnds::Unix;
    }
    let (mut windows, mut unix) = (false, false);
    let bytes = text.as_bytes();
    for (position, byte) in bytes.iter().enumerate() {
        if *byte == b'\n' {
            match position > 0 && bytes[position - 1] == b'\r' {
                true => windows = true,
                false => unix = true,
            }
        }
    }
    match (windows, unix) {
        (true, true) => LineEnds::Mixed,
        (true, false) => LineEnds::Windows,
        _ => LineEnds::Unix,
    }
}

/// What a byte is in Windows-1252, for the ones that editors put into configuration.
fn windows_name(byte: u8) -> &'static str {
    match byte {
        0x85 => " (an ellipsis in Windows-1252)",
        0x91 | 0x92 => " (a quotation mark in Windows-1252)",
        0x93 | 0x94 => " (a double quotation mark in Windows-1252)",
        0x96 => " (an en dash in Windows-1252)",
        0x97 => " (an em dash in Windows-1252)",
        0xa0 => " (a blank that does not break, in Windows-1252)",
        0xc0..=0xff => " (an accented letter in Windows-1252)",
        _ => "",
    }
}
