//! One line: where it ends, and the word in it.

use super::{Key, Reader, Unsure};
use crate::read::yaml::loose::end_of_quoted;
use std::borrow::Cow;

impl<'a> Reader<'a> {
    /// Where the line ends that `at` is in.
    pub(super) fn line_end(&self) -> usize {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        rest.iter().position(|byte| *byte == b'\n').map_or(self.bytes.len(), |length| self.at + length)
    }

    /// The text that begins here, as far as it goes in this line. Behind it is its colon, a comment, or the end of the line.
    pub(super) fn word(&mut self) -> Result<Key<'a>, Unsure> {
        match self.peek() {
            Some(quote @ (b'"' | b'\'')) => self.quoted(quote),
            _ => Ok(self.bare()),
        }
    }

    /// A text without quotation marks, which does not begin with a sign.
    pub(super) fn bare(&mut self) -> Key<'a> {
        let start = self.at;
        let mut end = start;
        let mut at = start;
        while let Some(byte) = self.bytes.get(at) {
            match byte {
                b'\n' => break,
                b' ' | b'\t' => {}
                b'#' if at > end && at > start => break,
                b':' if self.is_gap(at + 1) => break,
                _ => end = at + 1,
            }
            at += 1;
        }
        self.at = at;
        Key { value: Cow::Borrowed(self.text.get(start..end).unwrap_or_default()), is_plain: true, range: start..end }
    }

    /// A text in quotation marks within one line; blanks behind it are gone over.
    pub(super) fn quoted(&mut self, quote: u8) -> Result<Key<'a>, Unsure> {
        let start = self.at;
        let line = self.text.get(start + 1..self.line_end()).ok_or(Unsure)?;
        let length = end_of_quoted(line, char::from(quote)).ok_or(Unsure)?;
        let inside = line.get(..length).ok_or(Unsure)?;
        let value = match quote {
            b'\'' if inside.contains('\'') => Cow::Owned(inside.replace("''", "'")),
            b'"' if inside.contains('\\') => Cow::Owned(unescaped(inside).ok_or(Unsure)?),
            _ => Cow::Borrowed(inside),
        };
        let end = start + 1 + length + 1;
        self.at = end;
        self.skip_blanks();
        Ok(Key { value, is_plain: false, range: start..end })
    }
}

/// The text that is written with the usual escapes.
fn unescaped(written: &str) -> Option<String> {
    let mut text = String::with_capacity(written.len());
    let mut letters = written.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        text.push(match letters.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '0' => '\0',
            'e' => '\u{1b}',
            same @ ('"' | '\\' | '/' | ' ') => same,
            _ => return None,
        });
    }
    Some(text)
}
