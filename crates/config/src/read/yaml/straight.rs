//! The YAML that configuration is written in, straight into the tree.
//!
//! Nearly every file has maps and lists by indentation, words, quoted texts and block scalars, and nothing else. Those are
//! read here in one pass over their bytes. Where anything else turns up (a tag, a tab that indents, a text over lines in
//! quotation marks, a mistake), reading stops, and the library reads the file anew: so nothing here knows an error, and
//! what is read here is what the library would have read, to the byte. Builds with debug assertions hold it to that for every
//! file that they read, those of tests and fuzzing among them.

mod flow;
mod line;
mod text;

use super::super::Fault;
use super::super::encoding::has_byte;
use super::super::tree::Tree;
use super::build::Builder;
use std::collections::HashMap;
use std::ops::Range;

/// The library has to look.
struct Unsure;

/// The library takes no longer key than this for one.
const LONGEST_KEY: usize = 1024;

/// The whole text, or nothing where the library has to look.
pub(super) fn read(text: &str) -> Option<(Tree, Vec<Fault>)> {
    if has_byte(text.as_bytes(), |byte| matches!(byte, b'\r' | 0)) || !text.is_ascii() && text.contains('\u{feff}') {
        return None;
    }
    let mut reader =
        Reader { text, bytes: text.as_bytes(), at: 0, line: 0, builder: Builder::new(text), anchors: HashMap::new() };
    reader.documents().ok()?;
    Some(reader.builder.finish())
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// Where the line begins that `at` is in.
    line: usize,
    builder: Builder<'a>,
    /// Which number the library gives to the last anchor of a name.
    anchors: HashMap<&'a str, usize>,
}

/// What may begin here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The first word of a line.
    OwnLine,
    /// Behind a dash, so that a map or list may begin in the middle of a line.
    AfterDash,
    /// Behind a key, so that only a text, an alias or brackets can follow.
    AfterKey,
}

/// What was before a value in its own place: an anchor.
#[derive(Clone, Copy)]
struct Anchor {
    number: usize,
    start: usize,
}

/// A key without its colon.
struct Key<'a> {
    value: std::borrow::Cow<'a, str>,
    is_plain: bool,
    range: Range<usize>,
}

/// The column of what is no word of this document any more.
const ENDED: isize = -1;

impl<'a> Reader<'a> {
    fn documents(&mut self) -> Result<(), Unsure> {
        self.skip()?;
        while let Some(byte) = self.peek() {
            if byte == b'-' && self.is_marker() {
                self.at += 3;
                self.end_line()?;
            }
            // A document without a word is one all the same: for the library, as whatever ends one otherwise.
            if self.column() == ENDED {
                return Err(Unsure);
            }
            self.node(ENDED, Place::OwnLine, None)?;
            if self.column() != ENDED {
                return Err(Unsure);
            }
        }
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Whether the byte there separates words, as the end of the text does.
    fn is_gap(&self, at: usize) -> bool {
        matches!(self.bytes.get(at), None | Some(b' ' | b'\n' | b'\t'))
    }

    /// Whether the byte there is one of brackets.
    fn is_sign(&self, at: usize) -> bool {
        matches!(self.bytes.get(at), Some(b',' | b'[' | b']' | b'{' | b'}'))
    }

    fn is_marker(&self) -> bool {
        self.at == self.line
            && matches!(self.bytes.get(self.at..self.at + 3), Some(b"---" | b"..."))
            && self.is_gap(self.at + 3)
    }

    fn is_dash(&self) -> bool {
        self.peek() == Some(b'-') && self.is_gap(self.at + 1)
    }

    /// The column of the next word: for block structure, where all before it is ASCII.
    fn column(&self) -> isize {
        if self.at >= self.bytes.len() || self.is_marker() {
            return ENDED;
        }
        (self.at - self.line).cast_signed()
    }

    /// Goes over the end of a line.
    fn break_line(&mut self) {
        self.at += 1;
        self.line = self.at;
    }

    /// Goes over blanks, comments and lines to the next word, and says whether a line ended in between, or the text.
    fn skip(&mut self) -> Result<bool, Unsure> {
        let mut is_new = false;
        loop {
            match self.peek() {
                Some(b' ') => self.at += 1,
                Some(b'\n') => {
                    self.break_line();
                    is_new = true;
                }
                Some(b'#') if self.at == 0 || matches!(self.bytes.get(self.at - 1), Some(b' ' | b'\n')) => {
                    self.at = self.line_end();
                }
                Some(b'#' | b'\t') => return Err(Unsure),
                Some(_) => return Ok(is_new),
                None => return Ok(true),
            }
        }
    }

    /// Nothing else may stand in the line.
    fn end_line(&mut self) -> Result<(), Unsure> {
        if self.skip()? { Ok(()) } else { Err(Unsure) }
    }

    fn skip_blanks(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    /// Whether only a comment may follow in the line. A tab is for the library.
    fn is_line_over(&self) -> Result<bool, Unsure> {
        match self.peek() {
            None | Some(b'\n' | b'#') => Ok(true),
            Some(b'\t') => Err(Unsure),
            Some(_) => Ok(false),
        }
    }

    /// Reads the value that begins here, and goes to the next word behind it. Its lines stand further right than `parent`.
    fn node(&mut self, parent: isize, place: Place, anchor: Option<Anchor>) -> Result<(), Unsure> {
        let start = self.at;
        match self.peek().ok_or(Unsure)? {
            b'-' if self.is_gap(start + 1) => match place {
                Place::OwnLine => self.list(false, anchor),
                Place::AfterDash if anchor.is_none() => self.list(false, None),
                Place::AfterDash | Place::AfterKey => Err(Unsure),
            },
            b'?' | b':' if self.is_gap(start + 1) => Err(Unsure),
            b'&' if anchor.is_none() && place != Place::OwnLine => self.anchored(parent, place),
            b'*' if anchor.is_none() => {
                self.alias(false)?;
                self.end_line()
            }
            b'|' | b'>' if parent > ENDED => self.block_scalar(parent, anchor),
            b'[' | b'{' => {
                self.flow(parent, anchor)?;
                self.end_line()
            }
            b'&' | b'*' | b'|' | b'>' | b'!' | b'%' | b'@' | b'`' | b',' | b']' | b'}' | b'#' => Err(Unsure),
            _ => self.text_or_map(parent, place, anchor),
        }
    }

    /// What begins with a word is the word, or a map whose first key it is.
    fn text_or_map(&mut self, parent: isize, place: Place, anchor: Option<Anchor>) -> Result<(), Unsure> {
        let column = self.column();
        let word = self.word()?;
        if self.peek() == Some(b':') {
            // An anchor in the same line would be the key's.
            let may_be_key = place != Place::AfterKey && (anchor.is_none() || place == Place::OwnLine);
            return if may_be_key { self.map(column, anchor, word) } else { Err(Unsure) };
        }
        if parent == ENDED {
            return Err(Unsure);
        }
        if word.is_plain {
            return self.plain(parent, anchor, word.range);
        }
        self.scalar(&word.value, false, anchor, word.range);
        self.end_line()
    }

    fn scalar(&mut self, value: &str, is_plain: bool, anchor: Option<Anchor>, range: Range<usize>) {
        let start = anchor.map_or(range.start, |anchor| anchor.start);
        self.builder.scalar(value, is_plain, anchor.map_or(0, |anchor| anchor.number), start..range.end);
    }

    fn begin(&mut self, is_map: bool, start: usize, anchor: Option<Anchor>) -> Result<(), Unsure> {
        let (start, number) = anchor.map_or((start, 0), |anchor| (anchor.start, anchor.number));
        let begun = if is_map { self.builder.begin_map(start, number) } else { self.builder.begin_list(start, number) };
        begun.map_err(|_| Unsure)
    }

    fn map(&mut self, column: isize, anchor: Option<Anchor>, first: Key<'a>) -> Result<(), Unsure> {
        self.begin(true, first.range.start, anchor)?;
        let mut key = first;
        loop {
            if self.at - key.range.start > LONGEST_KEY {
                return Err(Unsure);
            }
            self.builder.scalar(&key.value, key.is_plain, 0, key.range);
            self.value(column)?;
            match self.column() {
                next if next < column => break,
                next if next > column => return Err(Unsure),
                _ => key = self.key()?,
            }
        }
        self.builder.end(self.at);
        Ok(())
    }

    /// The next key of a map; the colon behind it is next.
    fn key(&mut self) -> Result<Key<'a>, Unsure> {
        let is_other = match self.peek() {
            Some(b'-' | b'?' | b':') => self.is_gap(self.at + 1),
            Some(first) => b"&*!|>%@`,[]{}#".contains(&first),
            None => true,
        };
        if is_other {
            return Err(Unsure);
        }
        let word = self.word()?;
        if self.peek() == Some(b':') { Ok(word) } else { Err(Unsure) }
    }

    /// What stands behind a key: the colon is next.
    fn value(&mut self, column: isize) -> Result<(), Unsure> {
        let colon = self.at;
        self.at += 1;
        if !self.is_gap(self.at) {
            return Err(Unsure);
        }
        self.skip_blanks();
        if !self.is_line_over()? {
            return self.node(column, Place::AfterKey, None);
        }
        self.skip()?;
        self.below(column, None, true, colon)
    }

    /// What stands in the lines below a key or a dash, if anything does.
    fn below(&mut self, column: isize, anchor: Option<Anchor>, is_key: bool, nothing: usize) -> Result<(), Unsure> {
        let next = self.column();
        if next > column {
            self.node(column, Place::OwnLine, anchor)
        } else if is_key && next == column && self.is_dash() {
            self.list(true, anchor)
        } else if anchor.is_some() {
            Err(Unsure)
        } else {
            self.builder.scalar("", true, 0, nothing..nothing);
            Ok(())
        }
    }

    /// A list by dashes; one that stands in the column of its key begins, as the library has it, behind its first dash.
    fn list(&mut self, is_in_column_of_key: bool, anchor: Option<Anchor>) -> Result<(), Unsure> {
        let column = self.column();
        let mut is_begun = false;
        while self.column() == column && self.is_dash() {
            let dash = self.at;
            self.at += 1;
            self.skip_blanks();
            let is_line_over = self.is_line_over()?;
            if is_line_over {
                self.at = self.line_end();
            }
            let behind = self.at;
            if !is_begun {
                self.begin(false, if is_in_column_of_key { behind } else { dash }, anchor)?;
                is_begun = true;
            }
            if is_line_over {
                self.skip()?;
                self.below(column, None, false, behind)?;
            } else {
                self.node(column, Place::AfterDash, None)?;
            }
        }
        if self.column() > column || self.column() == column && !is_in_column_of_key {
            return Err(Unsure);
        }
        self.builder.end(self.at);
        Ok(())
    }

    /// `&name` and what it is the name of.
    fn anchored(&mut self, parent: isize, place: Place) -> Result<(), Unsure> {
        let start = self.at;
        let name = self.name(false)?;
        let number = self.anchors.len() + 1;
        if self.anchors.insert(name, number).is_some() {
            return Err(Unsure);
        }
        let anchor = Some(Anchor { number, start });
        self.skip_blanks();
        if !self.is_line_over()? {
            return self.node(parent, place, anchor);
        }
        self.skip()?;
        self.below(parent, anchor, place == Place::AfterKey, start)
    }

    /// `*name`, which has to be known.
    fn alias(&mut self, in_brackets: bool) -> Result<(), Unsure> {
        let start = self.at;
        let name = self.name(in_brackets)?;
        let number = *self.anchors.get(name).ok_or(Unsure)?;
        self.builder.alias(number, start..self.at);
        Ok(())
    }

    /// The name behind a sign.
    fn name(&mut self, in_brackets: bool) -> Result<&'a str, Unsure> {
        let start = self.at + 1;
        self.at = start;
        while !self.is_gap(self.at) && !self.is_sign(self.at) {
            self.at += 1;
        }
        if !in_brackets && self.is_sign(self.at) {
            return Err(Unsure);
        }
        self.text.get(start..self.at).filter(|name| !name.is_empty()).ok_or(Unsure)
    }
}
