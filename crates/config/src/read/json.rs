//! JSON, JSON with comments, and JSON5, read by one reader that keeps every place.
//!
//! It takes what any of the three takes; what only strict JSON refuses is told by the rules that
//! know which program reads the file.

use super::tree::{Data, Id, Tree};
use super::{DEEPEST, Fault, FaultKind};
use std::ops::Range;

pub(super) fn read(text: &str) -> (Tree, Vec<Fault>) {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, tree: Tree::default() };
    if text.starts_with('\u{feff}') {
        reader.at = 3;
    }
    let mut faults = Vec::new();
    // Programs create their own file so, and take it for new: Traefik's acme.json, Docker's daemon.json.
    if text[reader.at..].trim().is_empty() {
        return (reader.tree, faults);
    }
    match reader.document() {
        Ok(root) => reader.tree.roots.push(root),
        Err(fault) => faults.push(fault),
    }
    (reader.tree, faults)
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    tree: Tree,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<Id, Fault> {
        self.blank()?;
        let root = self.value(0)?;
        self.blank()?;
        if self.at < self.bytes.len() {
            return Err(self.fault("there is something behind the end of the value"));
        }
        Ok(root)
    }

    fn fault(&self, what: &str) -> Fault {
        Fault { kind: FaultKind::Syntax, range: self.at..self.at + 1, what: format!("this is not valid JSON: {what}") }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Skips white space and comments.
    fn blank(&mut self) -> Result<(), Fault> {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => self.at += 1,
                0xc2 if self.bytes.get(self.at + 1) == Some(&0xa0) => self.at += 2,
                b'/' if self.bytes.get(self.at + 1) == Some(&b'/') => {
                    self.at = self.text[self.at..].find('\n').map_or(self.bytes.len(), |newline| self.at + newline);
                }
                b'/' if self.bytes.get(self.at + 1) == Some(&b'*') => {
                    let end = self.text[self.at..].find("*/").ok_or_else(|| self.fault("this comment has no end"))?;
                    self.at += end + 2;
                }
                _ => break,
            }
        }
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Id, Fault> {
        if depth > DEEPEST {
            let what = format!("objects and lists lie more than {DEEPEST} deep in each other");
            return Err(Fault { kind: FaultKind::TooBig, range: self.at..self.at, what });
        }
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"' | b'\'') => self.string(),
            Some(_) => self.word(),
            None => Err(self.fault("a value is missing at the end of the file")),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Id, Fault> {
        let start = self.at;
        self.at += 1;
        let mut entries = Vec::new();
        loop {
            self.blank()?;
            match self.peek() {
                Some(b'}') => break,
                Some(b'"' | b'\'') => {
                    let key = self.string()?;
                    entries.push((key, self.member(depth)?));
                }
                Some(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80 => {
                    let key = self.name();
                    entries.push((key, self.member(depth)?));
                }
                Some(_) => return Err(self.fault("a key or `}` belongs here")),
                None => return Err(self.fault("`}` is missing")),
            }
            if !self.comma(b'}')? {
                break;
            }
        }
        self.at += 1;
        Ok(self.tree.add(Data::Map(entries), start..self.at))
    }

    fn member(&mut self, depth: usize) -> Result<Id, Fault> {
        self.blank()?;
        if self.peek() != Some(b':') {
            return Err(self.fault("`:` is missing behind the key"));
        }
        self.at += 1;
        self.blank()?;
        self.value(depth + 1)
    }

    fn list(&mut self, depth: usize) -> Result<Id, Fault> {
        let start = self.at;
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.blank()?;
            if self.peek() == Some(b']') {
                break;
            }
            items.push(self.value(depth + 1)?);
            if !self.comma(b']')? {
                break;
            }
        }
        self.at += 1;
        Ok(self.tree.add(Data::List(items), start..self.at))
    }

    /// Goes past a comma; says no where the closing sign stands instead.
    fn comma(&mut self, close: u8) -> Result<bool, Fault> {
        self.blank()?;
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(byte) if byte == close => Ok(false),
            _ => Err(self.fault("a comma is missing")),
        }
    }

    fn string(&mut self) -> Result<Id, Fault> {
        let start = self.at;
        let quote = self.bytes[start];
        let mut value = String::new();
        let mut from = start + 1;
        self.at = from;
        loop {
            match self.peek() {
                None => return Err(self.fault("this text has no closing quotation mark")),
                Some(byte) if byte == quote => break,
                Some(b'\\') => {
                    value.push_str(self.text.get(from..self.at).unwrap_or_default());
                    self.escape(&mut value);
                    from = self.at;
                }
                Some(b'\n') => return Err(self.fault("this text has no closing quotation mark on its line")),
                Some(_) => self.at += 1,
            }
        }
        value.push_str(self.text.get(from..self.at).unwrap_or_default());
        self.at += 1;
        Ok(self.tree.add_text(self.text, start..self.at, &value))
    }

    fn escape(&mut self, value: &mut String) {
        let letter = self.text.get(self.at + 1..).and_then(|rest| rest.chars().next());
        self.at += 1 + letter.map_or(0, char::len_utf8);
        match letter {
            Some('n') => value.push('\n'),
            Some('t') => value.push('\t'),
            Some('r') => value.push('\r'),
            Some('\n') | None => {}
            Some('u') => {
                let digits: Range<usize> = self.at..self.at + 4;
                let code = self.text.get(digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
                if let Some(code) = code {
                    value.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                    self.at += 4;
                }
            }
            Some(other) => value.push(other),
        }
    }

    fn name(&mut self) -> Id {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'-') || byte >= 0x80)
        {
            self.at += 1;
        }
        self.tree.add_written(start..self.at)
    }

    /// A number, `true`, `null` and the like.
    fn word(&mut self) -> Result<Id, Fault> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_'))
        {
            self.at += 1;
        }
        match self.text.get(start..self.at) {
            Some("") | None => Err(self.fault("this is no value")),
            Some("null") => Ok(self.tree.add(Data::Null, start..self.at)),
            Some(_) => Ok(self.tree.add_written(start..self.at)),
        }
    }
}
