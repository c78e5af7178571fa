//! Brackets: lists and maps in flow style.

use super::{Anchor, Reader, Unsure};
use std::ops::Range;

impl Reader<'_> {
    /// The list or map that begins here. What goes on in another line stands further right than `parent`.
    pub(super) fn flow(&mut self, parent: isize, anchor: Option<Anchor>) -> Result<(), Unsure> {
        let is_map = self.peek() == Some(b'{');
        let close = if is_map { b'}' } else { b']' };
        self.begin(is_map, self.at, anchor)?;
        self.at += 1;
        self.next(parent)?;
        while self.peek() != Some(close) {
            if is_map {
                self.flow_key(parent)?;
            }
            self.flow_value(parent)?;
            self.next(parent)?;
            match self.peek() {
                Some(b',') => {
                    self.at += 1;
                    self.next(parent)?;
                }
                Some(byte) if byte == close => {}
                _ => return Err(Unsure),
            }
        }
        self.at += 1;
        self.builder.end(self.at);
        Ok(())
    }

    /// Goes to the next word or sign, over lines that are indented enough.
    fn next(&mut self, parent: isize) -> Result<(), Unsure> {
        let is_new_line = self.skip()?;
        if self.at >= self.bytes.len() || is_new_line && self.column() <= parent { Err(Unsure) } else { Ok(()) }
    }

    fn flow_key(&mut self, parent: isize) -> Result<(), Unsure> {
        match self.peek() {
            Some(quote @ (b'"' | b'\'')) => {
                let word = self.quoted(quote)?;
                self.builder.scalar(&word.value, false, 0, word.range);
            }
            _ => {
                let range = self.flow_bare()?;
                self.builder.scalar(self.text.get(range.clone()).ok_or(Unsure)?, true, 0, range);
            }
        }
        if self.peek() != Some(b':') || !self.is_gap(self.at + 1) {
            return Err(Unsure);
        }
        self.at += 1;
        self.next(parent)
    }

    fn flow_value(&mut self, parent: isize) -> Result<(), Unsure> {
        match self.peek() {
            Some(b'[' | b'{') => self.flow(parent, None),
            Some(b'*') => self.alias(true),
            Some(quote @ (b'"' | b'\'')) => {
                let word = self.quoted(quote)?;
                self.builder.scalar(&word.value, false, 0, word.range);
                Ok(())
            }
            _ => {
                let range = self.flow_bare()?;
                self.builder.scalar(self.text.get(range.clone()).ok_or(Unsure)?, true, 0, range);
                Ok(())
            }
        }
    }

    /// A text without quotation marks within one line; what follows is a sign, its colon, a comment, or the end of the line.
    fn flow_bare(&mut self) -> Result<Range<usize>, Unsure> {
        let start = self.at;
        let first = self.peek().ok_or(Unsure)?;
        let is_dash = first == b'-' && (self.is_gap(start + 1) || self.is_sign(start + 1));
        if is_dash || b"&*!|>%@`#,[]{}?:\"'".contains(&first) {
            return Err(Unsure);
        }
        let mut end = start;
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' => break,
                b' ' | b'\t' => {}
                b'#' if self.at > end => break,
                b':' if self.is_gap(self.at + 1) || self.is_sign(self.at + 1) => break,
                _ if self.is_sign(self.at) => break,
                _ => end = self.at + 1,
            }
            self.at += 1;
        }
        Ok(start..end)
    }
}
