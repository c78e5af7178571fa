//! Texts over several lines: words that go on below, and block scalars.

use super::{Anchor, Reader, Unsure};
use std::ops::Range;

impl Reader<'_> {
    /// A text without quotation marks, whose first line has been read.
    pub(super) fn plain(&mut self, parent: isize, anchor: Option<Anchor>, first: Range<usize>) -> Result<(), Unsure> {
        let mut folded: Option<String> = None;
        let mut range = first.clone();
        // Behind a comment nothing may go on; who tries it has to be told so by the library.
        while self.peek() != Some(b'#') {
            let breaks = self.blank_lines()?;
            if self.column() <= parent || self.peek() == Some(b'#') {
                break;
            }
            let line = self.plain_line()?;
            let text = folded.get_or_insert_with(|| self.text.get(first.clone()).unwrap_or_default().to_owned());
            match breaks {
                1 => text.push(' '),
                _ => text.extend(std::iter::repeat_n('\n', breaks - 1)),
            }
            text.push_str(self.text.get(line.clone()).unwrap_or_default());
            range.end = line.end;
        }
        let value = folded.as_deref().or_else(|| self.text.get(first)).ok_or(Unsure)?;
        self.scalar(value, true, anchor, range);
        if self.peek() == Some(b'#') {
            self.end_line()?;
        }
        if self.column() > parent { Err(Unsure) } else { Ok(()) }
    }

    /// Goes on to the next line that has something in it, and says how many lines ended in between.
    fn blank_lines(&mut self) -> Result<usize, Unsure> {
        let mut breaks = 0;
        loop {
            match self.peek() {
                Some(b' ') => self.at += 1,
                Some(b'\n') => {
                    self.break_line();
                    breaks += 1;
                }
                Some(b'\t') => return Err(Unsure),
                _ => return Ok(breaks),
            }
        }
    }

    /// A line in which a text goes on: whatever it begins with, it is text, unless it has a key in it.
    fn plain_line(&mut self) -> Result<Range<usize>, Unsure> {
        if self.peek() == Some(b':') && self.is_gap(self.at + 1) {
            return Err(Unsure);
        }
        let line = self.bare();
        if self.peek() == Some(b':') || line.range.is_empty() { Err(Unsure) } else { Ok(line.range) }
    }

    /// `|` or `>` and the lines below.
    pub(super) fn block_scalar(&mut self, parent: isize, anchor: Option<Anchor>) -> Result<(), Unsure> {
        let is_folded = self.peek() == Some(b'>');
        self.at += 1;
        let chomp = self.peek().filter(|sign| matches!(sign, b'-' | b'+'));
        self.at += usize::from(chomp.is_some());
        if !self.is_gap(self.at) {
            return Err(Unsure);
        }
        self.skip_blanks();
        if !self.is_line_over()? {
            return Err(Unsure);
        }
        self.at = self.line_end() + 1;
        let mut lines = Lines { indent: self.first_indent(parent)?, is_folded, ..Lines::default() };
        let mut range: Option<Range<usize>> = None;
        while self.at < self.bytes.len() {
            let (start, end) = (self.at, self.line_end());
            let line = self.bytes.get(start..end).unwrap_or_default();
            let blanks = line.iter().take_while(|byte| **byte == b' ').count();
            if blanks == line.len() && blanks <= lines.indent {
                // A last line that only has blanks and no end counts or not, by how many they are.
                if end == self.bytes.len() && blanks > 0 {
                    return Err(Unsure);
                }
                lines.trailing += 1;
            } else if blanks < lines.indent {
                break;
            } else {
                let own = start + lines.indent..end;
                lines.add(self.text.get(own.clone()).ok_or(Unsure)?);
                range = Some(range.map_or(own.start, |range| range.start)..own.end);
            }
            self.at = (end + 1).min(self.bytes.len());
        }
        self.line = self.at;
        let value = lines.chomped(chomp);
        self.scalar(&value, false, anchor, range.ok_or(Unsure)?);
        self.skip()?;
        if self.column() > parent { Err(Unsure) } else { Ok(()) }
    }

    /// How far the first line that has something in it is indented.
    fn first_indent(&self, parent: isize) -> Result<usize, Unsure> {
        let mut widest = 0;
        for line in self.text.get(self.at..).unwrap_or_default().split('\n') {
            let indent = line.bytes().take_while(|byte| *byte == b' ').count();
            if indent < line.len() {
                // Without a line of its own the text is empty, and after wider blank lines it is an error.
                let is_text = indent.cast_signed() > parent && widest <= indent;
                return if is_text && line.as_bytes().get(indent) != Some(&b'\t') { Ok(indent) } else { Err(Unsure) };
            }
            widest = widest.max(indent);
        }
        Err(Unsure)
    }
}

/// The lines of a block scalar as they become one text.
#[derive(Default)]
struct Lines {
    indent: usize,
    is_folded: bool,
    text: String,
    /// The lines without a word since the last that had one.
    trailing: usize,
    has_line: bool,
    /// The last line with a word begins with a blank: such lines are not folded.
    is_blank_first: bool,
}

impl Lines {
    fn add(&mut self, line: &str) {
        let is_blank_first = line.starts_with([' ', '\t']);
        if self.has_line && self.is_folded && !self.is_blank_first && !is_blank_first {
            if self.trailing == 0 {
                self.text.push(' ');
            }
        } else if self.has_line {
            self.text.push('\n');
        }
        self.text.extend(std::iter::repeat_n('\n', self.trailing));
        self.text.push_str(line);
        (self.trailing, self.has_line, self.is_blank_first) = (0, true, is_blank_first);
    }

    fn chomped(mut self, chomp: Option<u8>) -> String {
        if chomp != Some(b'-') {
            self.text.push('\n');
        }
        if chomp == Some(b'+') {
            self.text.extend(std::iter::repeat_n('\n', self.trailing));
        }
        self.text
    }
}
