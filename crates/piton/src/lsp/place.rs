//! Bytes of a text as a client counts them: a line, and units within it, and back.
//!
//! Clients count in units of UTF-16 unless they offer bytes. What lies outside of a text is taken
//! as its nearest end: clients may be a change ahead.

use serde_json::{Value, json};
use std::ops::Range;

/// What a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16,
}

impl Encoding {
    pub(super) fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16 => "utf-16",
        }
    }

    fn width(self, letter: char) -> usize {
        match self {
            Encoding::Utf8 => letter.len_utf8(),
            Encoding::Utf16 => letter.len_utf16(),
        }
    }
}

/// A text and where its lines begin.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
    encoding: Encoding,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str, encoding: Encoding) -> Lines<'a> {
        let after = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Lines { text, starts: std::iter::once(0).chain(after).collect(), encoding }
    }

    pub(super) fn range(&self, range: &Range<usize>) -> Value {
        json!({ "start": self.position(range.start), "end": self.position(range.end.max(range.start)) })
    }

    fn position(&self, at: usize) -> Value {
        let at = at.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= at).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let letters = self.text.get(start..).unwrap_or_default().char_indices();
        let before = letters.take_while(|(offset, _)| start + offset < at);
        let character: usize = before.map(|(_, letter)| self.encoding.width(letter)).sum();
        json!({ "line": line, "character": character })
    }

    /// The byte of a position.
    pub(super) fn byte(&self, position: &Value) -> usize {
        let number = |key: &str| usize::try_from(position[key].as_u64().unwrap_or(0)).unwrap_or(usize::MAX);
        let Some(start) = self.starts.get(number("line")).copied() else { return self.text.len() };
        let line = self.text[start..].split(['\n', '\r']).next().unwrap_or_default();
        let mut units = 0;
        for (offset, letter) in line.char_indices() {
            units += self.encoding.width(letter);
            if units > number("character") {
                return start + offset;
            }
        }
        start + line.len()
    }

    /// The bytes of a range; an empty one at the end where it is none.
    pub(super) fn bytes(&self, range: &Value) -> Range<usize> {
        let start = self.byte(&range["start"]);
        start..self.byte(&range["end"]).max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a: 1\r\nß𝄞: \"x\"\n";

    #[test]
    fn columns_count_what_was_agreed_on() {
        let quote = TEXT.find('"').unwrap();
        let at = |encoding| Lines::new(TEXT, encoding).position(quote);
        assert_eq!(at(Encoding::Utf16), json!({ "line": 1, "character": 5 }));
        assert_eq!(at(Encoding::Utf8), json!({ "line": 1, "character": 8 }));
    }

    #[test]
    fn every_letter_is_found_again() {
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            let lines = Lines::new(TEXT, encoding);
            for (at, letter) in TEXT.char_indices().filter(|(_, letter)| !matches!(letter, '\n' | '\r')) {
                assert_eq!(lines.byte(&lines.position(at)), at, "{letter:?} in {encoding:?}");
            }
        }
    }

    #[test]
    fn what_lies_outside_is_the_nearest_end() {
        let lines = Lines::new(TEXT, Encoding::Utf16);
        assert_eq!(lines.byte(&json!({ "line": 99, "character": 0 })), TEXT.len());
        assert_eq!(lines.byte(&json!({ "line": 0, "character": 99 })), 4);
        assert_eq!(lines.byte(&json!({ "line": 1, "character": 2 })), TEXT.find('𝄞').unwrap());
        assert_eq!(lines.byte(&json!("nothing")), 0);
        assert_eq!(
            lines.bytes(&json!({ "start": { "line": 1, "character": 1 }, "end": { "line": 0, "character": 0 } })),
            8..8
        );
        assert_eq!(lines.position(999), lines.position(TEXT.len()));
    }
}
