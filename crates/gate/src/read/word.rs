//! Words: text, quotes, variables, substitutions.

use super::escape::unescape;
use super::syntax::{Piece, Word};
use super::{HOLE, NO_SUM, Read, Reader};

/// What ends a word that is not quoted.
fn is_meta(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')' | b'\r')
}

/// Collects the pieces of a word; neighbours of the same sort become one.
#[derive(Default)]
struct Pieces {
    pieces: Vec<Piece>,
}

impl Pieces {
    fn push(&mut self, more: &str, as_quoted: bool) {
        match self.pieces.last_mut() {
            Some(Piece::Text { text, quoted }) if *quoted == as_quoted => text.push_str(more),
            _ => self.pieces.push(Piece::Text { text: more.to_owned(), quoted: as_quoted }),
        }
    }

    /// The sign before the bracket of a pattern is no letter of the word.
    fn drop_last_letter(&mut self) {
        if let Some(Piece::Text { text, .. }) = self.pieces.last_mut() {
            text.pop();
        }
    }

    fn ends_with_one_of(&self, letters: &str) -> bool {
        matches!(self.pieces.last(), Some(Piece::Text { text, quoted: false })
            if text.chars().last().is_some_and(|last| letters.contains(last)))
    }
}

impl Reader<'_> {
    /// Reads a word of a command; empty when there is none.
    pub(super) fn word(&mut self) -> Read<Word> {
        self.word_until(is_meta)
    }

    /// Reads a word in `[[ … ]]`, where brackets and bars are its letters.
    pub(super) fn test_word(&mut self) -> Read<Word> {
        self.word_until(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
    }

    fn word_until(&mut self, ends: fn(u8) -> bool) -> Read<Word> {
        let mut pieces = Pieces::default();
        while let Some(byte) = self.peek() {
            self.step()?;
            match byte {
                b'<' | b'>' if self.ahead(1) == Some(b'(') && ends(byte) => {
                    let writes = byte == b'>';
                    self.at += 2;
                    let script = self.deeper(|inner| inner.script_in_brackets())?;
                    pieces.pieces.push(Piece::Process { script, writes });
                }
                b'(' if ends(byte) && pieces.ends_with_one_of("@+?*!") => {
                    pieces.drop_last_letter();
                    self.pattern_list(&mut pieces)?;
                }
                _ if ends(byte) => break,
                _ => self.piece(byte, &mut pieces, ends)?,
            }
        }
        Ok(Word { pieces: pieces.pieces })
    }

    /// Reads one piece of a word outside of double quotes.
    fn piece(&mut self, byte: u8, pieces: &mut Pieces, ends: fn(u8) -> bool) -> Read<()> {
        match byte {
            b'\\' => self.backslash(pieces),
            b'\'' => {
                self.at += 1;
                let text = self.until_byte(b'\'', "a ' without its end")?;
                pieces.push(text, true);
            }
            b'"' => {
                self.at += 1;
                pieces.push("", true);
                let inner = self.quoted_text(Some(b'"'))?;
                pieces.pieces.extend(inner.pieces);
            }
            b'$' => self.dollar(pieces, false)?,
            b'`' => self.backtick(pieces, false)?,
            _ => {
                let rest = &self.bytes[self.at..];
                let special = |byte: &u8| ends(*byte) || matches!(byte, b'\\' | b'\'' | b'"' | b'$' | b'`');
                let length = rest.iter().position(special).unwrap_or(rest.len()).max(1);
                let text = self.slice(length);
                pieces.push(text, false);
            }
        }
        Ok(())
    }

    /// Takes the next `length` bytes as text; longer by a little where that cuts a letter.
    fn slice(&mut self, length: usize) -> &str {
        let start = self.at;
        let mut end = (start + length).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        self.at = end;
        &self.text[start..end]
    }

    fn until_byte(&mut self, end: u8, why: &'static str) -> Read<&str> {
        let start = self.at;
        let length = self.bytes[start..].iter().position(|byte| *byte == end).ok_or(self.stop(why))?;
        self.at = start + length + 1;
        Ok(&self.text[start..start + length])
    }

    fn backslash(&mut self, pieces: &mut Pieces) {
        self.at += 1;
        match self.peek() {
            Some(b'\n') => self.at += 1,
            Some(_) => {
                let text = self.slice(1);
                pieces.push(text, true);
            }
            None => pieces.push("\\", true),
        }
    }

    /// Reads what stands in double quotes, or in a here-document (`end` is then nothing).
    pub(super) fn quoted_text(&mut self, end: Option<u8>) -> Read<Word> {
        let mut pieces = Pieces::default();
        loop {
            self.step()?;
            match self.peek() {
                None if end.is_none() => break,
                None => return Err(self.stop("a \" without its end")),
                byte if byte == end => {
                    self.at += 1;
                    break;
                }
                Some(b'\\') => match self.ahead(1) {
                    Some(b'\n') => self.at += 2,
                    Some(b'$' | b'`' | b'\\') => {
                        self.at += 1;
                        let text = self.slice(1);
                        pieces.push(text, true);
                    }
                    Some(b'"') if end.is_some() => {
                        self.at += 2;
                        pieces.push("\"", true);
                    }
                    _ => {
                        self.at += 1;
                        pieces.push("\\", true);
                    }
                },
                Some(b'$') => self.dollar(&mut pieces, true)?,
                Some(b'`') => self.backtick(&mut pieces, true)?,
                Some(_) => {
                    let rest = &self.bytes[self.at..];
                    let special = |byte: &u8| Some(*byte) == end || matches!(byte, b'\\' | b'$' | b'`');
                    let length = rest.iter().position(special).unwrap_or(rest.len());
                    let text = self.slice(length);
                    pieces.push(text, true);
                }
            }
        }
        Ok(Word { pieces: pieces.pieces })
    }

    /// Reads what begins with `$`.
    fn dollar(&mut self, pieces: &mut Pieces, quoted: bool) -> Read<()> {
        match self.ahead(1) {
            Some(b'(') if self.ahead(2) == Some(b'(') => {
                let (at, pending) = (self.at, self.pending.len());
                self.at += 3;
                match self.deeper(|inner| inner.arithmetic("))")) {
                    Ok(inner) => pieces.pieces.push(Piece::Arithmetic { inner }),
                    // Not a sum after all: a substitution that begins with a bracket.
                    Err(stop) if stop.is_no_sum() && self.pending.len() == pending => {
                        self.at = at + 2;
                        let script = self.deeper(|inner| inner.script_in_brackets()).map_err(|_| stop)?;
                        pieces.pieces.push(Piece::Output { script, quoted });
                    }
                    Err(stop) => return Err(stop),
                }
            }
            Some(b'(') => {
                self.at += 2;
                let script = self.deeper(|inner| inner.script_in_brackets())?;
                pieces.pieces.push(Piece::Output { script, quoted });
            }
            Some(b'[') => {
                self.at += 2;
                let inner = self.deeper(|inner| inner.arithmetic("]"))?;
                pieces.pieces.push(Piece::Arithmetic { inner });
            }
            Some(b'{') => {
                self.at += 2;
                let piece = self.deeper(|inner| inner.braced_variable(quoted))?;
                pieces.pieces.push(piece);
            }
            Some(b'\'') if !quoted => {
                self.at += 2;
                let text = self.escaped_text()?;
                pieces.push(&text, true);
            }
            // A text to translate: `$"…"`.
            Some(b'"') if !quoted => self.at += 1,
            Some(byte) if byte == b'_' || byte.is_ascii_alphanumeric() || b"@*#?$!-".contains(&byte) => {
                self.at += 1;
                let name = self.variable_name();
                pieces.pieces.push(Piece::Variable { name, quoted, operator: String::new(), operand: None });
            }
            _ => {
                self.at += 1;
                pieces.push("$", quoted);
            }
        }
        Ok(())
    }

    /// Reads the name of a variable: letters, or one digit or sign.
    fn variable_name(&mut self) -> String {
        let rest = &self.bytes[self.at..];
        let named = rest.first().is_some_and(|byte| *byte == b'_' || byte.is_ascii_alphabetic());
        let part = |byte: &u8| *byte == b'_' || byte.is_ascii_alphanumeric();
        let length = if named { rest.iter().position(|byte| !part(byte)).unwrap_or(rest.len()) } else { 1 };
        self.slice(length).to_owned()
    }

    /// Reads `${ … }` from after its bracket.
    fn braced_variable(&mut self, quoted: bool) -> Read<Piece> {
        let mut operator = String::new();
        if self.starts("#") && self.ahead(1) != Some(b'}') || self.starts("!") && self.ahead(1) != Some(b'}') {
            operator.push_str(self.slice(1));
        }
        let length = self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let name = if length > 0 { self.slice(length).to_owned() } else { self.variable_name() };
        let mut operand = Word::default();
        if self.take("[") {
            operator.push('[');
            let index = self.deeper(|inner| inner.arithmetic("]"))?;
            operand.pieces.extend(index.pieces);
        }
        let signs = self.bytes[self.at..].iter().take_while(|byte| b":-=+?#%/^,@".contains(byte)).take(2).count();
        operator.push_str(self.slice(signs));
        let rest = self.braced_operand()?;
        operand.pieces.extend(rest.pieces);
        let operand = (!operand.pieces.is_empty()).then_some(operand);
        Ok(Piece::Variable { name, quoted, operator, operand })
    }

    /// Reads the word in a `${…}` to its closing bracket.
    fn braced_operand(&mut self) -> Read<Word> {
        let mut pieces = Pieces::default();
        loop {
            self.step()?;
            match self.peek() {
                None => return Err(self.stop("a ${ without its }")),
                Some(b'}') => break,
                Some(byte) => self.piece(byte, &mut pieces, |byte| byte == b'}')?,
            }
        }
        self.at += 1;
        Ok(Word { pieces: pieces.pieces })
    }

    /// Reads a sum up to `close`; brackets in it are counted.
    pub(super) fn arithmetic(&mut self, close: &str) -> Read<Word> {
        let mut pieces = Pieces::default();
        let mut open = 0usize;
        loop {
            self.step()?;
            if open == 0 && self.take(close) {
                return Ok(Word { pieces: pieces.pieces });
            }
            let (opening, closing) = if close == "]" { (b'[', b']') } else { (b'(', b')') };
            match self.peek() {
                None => return Err(self.stop(NO_SUM)),
                Some(byte) if byte == closing => {
                    open = open.checked_sub(1).ok_or(self.stop(NO_SUM))?;
                    self.at += 1;
                }
                Some(byte) if byte == opening => {
                    open += 1;
                    self.at += 1;
                }
                Some(byte) => self.piece(byte, &mut pieces, |byte| matches!(byte, b'(' | b')' | b'[' | b']'))?,
            }
        }
    }

    /// Reads `` ` … ` ``: its text is unescaped, then read as a script of its own.
    fn backtick(&mut self, pieces: &mut Pieces, quoted: bool) -> Read<()> {
        self.at += 1;
        let mut text = String::new();
        loop {
            self.step()?;
            match self.peek() {
                None => return Err(self.stop("a ` without its end")),
                Some(b'`') => break,
                Some(b'\\') if matches!(self.ahead(1), Some(b'`' | b'\\' | b'$')) => {
                    self.at += 1;
                    text.push_str(self.slice(1));
                }
                Some(b'\\') if quoted && self.ahead(1) == Some(b'"') => {
                    self.at += 2;
                    text.push('"');
                }
                Some(_) => text.push_str(self.slice(1)),
            }
        }
        self.at += 1;
        let script = self.nested(&text, |inner| Ok(inner.whole()))?;
        pieces.pieces.push(Piece::Output { script, quoted });
        Ok(())
    }

    /// Reads `$'…'`.
    fn escaped_text(&mut self) -> Read<String> {
        let mut out = String::new();
        loop {
            self.step()?;
            match self.peek() {
                None => return Err(self.stop("a $' without its end")),
                Some(b'\'') => break,
                Some(b'\\') => {
                    self.at += 1;
                    let (letter, length) = unescape(&self.bytes[self.at..]);
                    match letter {
                        Some(letter) => {
                            out.push(letter);
                            self.at += length;
                        }
                        None => out.push_str(self.slice(length.min(self.bytes.len() - self.at))),
                    }
                }
                Some(_) => out.push_str(self.slice(1)),
            }
        }
        self.at += 1;
        Ok(out)
    }

    /// Reads `@( … | … )` and its like: a pattern, whose matches are not known.
    fn pattern_list(&mut self, pieces: &mut Pieces) -> Read<()> {
        self.at += 1;
        pieces.push(&HOLE.to_string(), false);
        self.deeper(|inner| {
            loop {
                inner.step()?;
                match inner.peek() {
                    None => return Err(inner.stop("a pattern without its end")),
                    Some(b')') => break,
                    Some(b'|' | b' ' | b'\t' | b'\n') => inner.at += 1,
                    Some(b'(') => {
                        let mut ignored = Pieces::default();
                        inner.pattern_list(&mut ignored)?;
                        pieces.pieces.extend(ignored.pieces);
                    }
                    Some(byte) => {
                        let mut alternative = Pieces::default();
                        inner.piece(byte, &mut alternative, |byte| matches!(byte, b'(' | b')' | b'|' | b' '))?;
                        let runs = |piece: &Piece| !matches!(piece, Piece::Text { .. });
                        pieces.pieces.extend(alternative.pieces.into_iter().filter(runs));
                    }
                }
            }
            inner.at += 1;
            Ok(())
        })
    }
}
