//! One simple command: assignments, words and redirects; and here-documents, which are announced by a redirect.

use super::syntax::{Assignment, Body, Command, Piece, Redirect, RedirectKind, Word};
use super::{Pending, Read, Reader};

impl Reader<'_> {
    /// Reads assignments, words and redirects up to the end of the command.
    pub(super) fn simple(&mut self) -> Read<Command> {
        let mut assignments = Vec::new();
        let mut words: Vec<Word> = Vec::new();
        let mut redirects = Vec::new();
        let start = self.at;
        loop {
            self.blanks()?;
            self.step()?;
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
                continue;
            }
            if words.is_empty()
                && let Some(assignment) = self.assignment()?
            {
                assignments.push(assignment);
                continue;
            }
            // An array behind `declare` and its like, or a function's brackets.
            if self.peek() == Some(b'(') {
                let last = words.last().and_then(Word::plain).map(str::to_owned);
                match last {
                    Some(name) if words.len() == 1 && assignments.is_empty() => {
                        self.at += 1;
                        self.blanks()?;
                        self.expect(")", "a ( where none belongs")?;
                        let body = self.function(name)?;
                        return Ok(Command { body, redirects });
                    }
                    _ if words.last().is_some_and(ends_like_an_assignment) => {
                        let elements = self.elements()?;
                        words.extend(elements);
                        continue;
                    }
                    _ => return Err(self.stop("a ( where none belongs")),
                }
            }
            let word = self.word()?;
            if word.pieces.is_empty() {
                break;
            }
            words.push(word);
        }
        if self.at == start {
            return Err(self.stop("no command where one belongs"));
        }
        Ok(Command { body: Body::Simple { assignments, words }, redirects })
    }

    /// Reads `name=value`, `name+=value`, `name[…]=value` or `name=( … )`, if one is next.
    fn assignment(&mut self) -> Read<Option<Assignment>> {
        let rest = &self.bytes[self.at..];
        let length =
            rest.iter().position(|byte| !(*byte == b'_' || byte.is_ascii_alphanumeric())).unwrap_or(rest.len());
        if length == 0 || rest[0].is_ascii_digit() {
            return Ok(None);
        }
        let mut after = length;
        if rest.get(after) == Some(&b'[') {
            let line = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            let Some(close) = rest[..line].windows(2).position(|two| two == b"]=" || two == b"]+") else {
                return Ok(None);
            };
            after = close + 1;
        }
        let appends = rest.get(after) == Some(&b'+');
        after += usize::from(appends);
        if rest.get(after) != Some(&b'=') {
            return Ok(None);
        }
        let name = self.text[self.at..self.at + length].to_owned();
        // What stands in the index may run commands too.
        let index = self.text[self.at + length..self.at + after].to_owned();
        self.at += after + 1;
        let mut elements = None;
        if self.peek() == Some(b'(') {
            elements = Some(self.elements()?);
        }
        let mut value = if elements.is_some() { Word::default() } else { self.word()? };
        if index.contains(['$', '`']) {
            let index = self.expanding(&index)?;
            value.pieces.extend(index.pieces);
        }
        Ok(Some(Assignment { name, appends, value, elements }))
    }

    /// Reads `( … )` behind `name=`.
    fn elements(&mut self) -> Read<Vec<Word>> {
        self.at += 1;
        let mut elements = Vec::new();
        loop {
            self.between()?;
            self.step()?;
            if self.take(")") {
                return Ok(elements);
            }
            let word = self.word()?;
            if word.pieces.is_empty() {
                return Err(self.stop("an array without its )"));
            }
            elements.push(word);
        }
    }

    pub(super) fn redirect(&mut self) -> Read<Option<Redirect>> {
        let start = self.at;
        let digits = self.bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).take(9).count();
        let descriptor: Option<u32> = self.text[start..start + digits].parse().ok();
        self.at += digits;
        if digits == 0 && self.starts("{") {
            // `{name}>file`
            let rest = &self.bytes[start + 1..];
            let name = rest.iter().take_while(|byte| **byte == b'_' || byte.is_ascii_alphanumeric()).count();
            let then = rest.get(name..name + 2).unwrap_or_default();
            if name > 0 && (then == b"}>" || then == b"}<") {
                self.at += name + 2;
            }
        }
        if (self.starts("<(") || self.starts(">(")) || !self.peek().is_some_and(|byte| b"<>&".contains(&byte)) {
            self.at = start;
            return Ok(None);
        }
        let operators = [
            ("<<<", RedirectKind::HereString),
            ("<<-", RedirectKind::HereDocument(1)),
            ("<<", RedirectKind::HereDocument(0)),
            ("<>", RedirectKind::ReadWrite),
            ("<&", RedirectKind::Duplicate),
            ("<", RedirectKind::Read),
            (">>", RedirectKind::Append),
            (">|", RedirectKind::Write),
            (">&", RedirectKind::WriteBoth),
            (">", RedirectKind::Write),
            ("&>>", RedirectKind::Append),
            ("&>", RedirectKind::WriteBoth),
        ];
        let Some((sign, kind)) = operators.into_iter().find(|(sign, _)| self.starts(sign)) else {
            self.at = start;
            return Ok(None);
        };
        self.at += sign.len();
        self.blanks()?;
        let target_at = self.at;
        let target = self.word()?;
        if target.pieces.is_empty() {
            return Err(self.stop("a redirect without its target"));
        }
        let kind = match kind {
            RedirectKind::HereDocument(tabs) => {
                let written = &self.text[target_at..self.at];
                RedirectKind::HereDocument(self.announce(written, &target, tabs == 1)?)
            }
            RedirectKind::WriteBoth | RedirectKind::Duplicate if is_descriptor(&target) => RedirectKind::Duplicate,
            other => other,
        };
        Ok(Some(Redirect { descriptor, kind, target }))
    }

    /// Remembers a here-document whose body begins after this line.
    fn announce(&mut self, written: &str, target: &Word, strips_tabs: bool) -> Read<usize> {
        if self.documents.len() > 256 {
            return Err(self.stop("too many here-documents"));
        }
        let written = written.replace("\\\n", "");
        let expands = !written.contains(['\'', '"', '\\']);
        // The delimiter is never expanded, only unquoted.
        let text = |piece: &Piece| match piece {
            Piece::Text { text, .. } => Some(text.clone()),
            _ => None,
        };
        let unquoted: Option<String> = target.pieces.iter().map(text).collect();
        let delimiter = unquoted.unwrap_or_else(|| written.replace(['\'', '"', '\\'], ""));
        let number = self.documents.len();
        self.documents.push(Word::default());
        self.pending.push(Pending { number, delimiter, strips_tabs, expands });
        Ok(number)
    }
}

fn is_descriptor(target: &Word) -> bool {
    target.plain().is_some_and(|text| {
        let number = text.strip_suffix('-').unwrap_or(text);
        number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn ends_like_an_assignment(word: &Word) -> bool {
    word.plain().is_some_and(|text| text.ends_with('=') && text.len() > 1)
}
