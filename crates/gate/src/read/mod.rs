//! Reads shell text into a tree. Written for judging, not for running.
//!
//! The reader goes over the text once, byte by byte, and leaves none out: it ends at the last byte,
//! or with [`syntax::Body::Unreadable`] where it no longer understands. What was read before that
//! place stays, since a shell runs the lines before a syntax error. It is bounded in depth and in
//! steps, so that no text makes it slow. `compound.rs` has the statements, `simple.rs` the commands in them, `word.rs` the words.
//!
//! A zero byte stands for text that is not known ([`HOLE`]); bash cannot have one in a command.

mod compound;
mod escape;
mod simple;
pub(crate) mod syntax;
mod word;

pub(crate) use escape::unescape;

use syntax::{Body, Command, Script, Statement, Word};

/// Stands for text that is only known when the command runs.
pub(crate) const HOLE: char = '\0';

/// Stands beside a hole whose text comes from the network.
pub(crate) const NETWORK: char = '\u{1}';

/// Stands beside a hole whose text is the environment, secrets and all.
pub(crate) const ENVIRONMENT: char = '\u{2}';

/// Stands beside a hole whose text has secrets in it, and must not be shown.
pub(crate) const SECRETS: char = '\u{3}';

/// What stands for text in a word, and is none.
pub(crate) const MARKS: [char; 4] = [HOLE, NETWORK, ENVIRONMENT, SECRETS];

/// How deep constructs may stand in each other. People write five.
const DEPTH: usize = 48;

/// Steps for the longest text: enough for some 80,000 words.
const MOST_STEPS: usize = 250_000;

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) script: Script,
    /// The bodies of here-documents, by their number.
    pub(crate) documents: Vec<Word>,
}

/// Reads a whole text.
pub(crate) fn read(text: &str) -> Reading {
    let mut reader = Reader::new(text, Vec::new());
    let script = reader.whole();
    Reading { script, documents: reader.documents }
}

/// Why reading stopped, and where.
#[derive(Clone, Copy, Debug)]
struct Stop {
    why: &'static str,
    at: usize,
}

/// A line that ends in a backslash which is none itself.
fn is_continued(line: &str) -> bool {
    let Some(line) = line.strip_suffix('\n') else { return false };
    line.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// What began like a sum and is none; it is read again as a script.
const NO_SUM: &str = "a sum without its end";

impl Stop {
    fn is_no_sum(&self) -> bool {
        self.why == NO_SUM
    }
}

type Read<T> = Result<T, Stop>;

/// A here-document whose body has not come yet.
struct Pending {
    number: usize,
    delimiter: String,
    strips_tabs: bool,
    expands: bool,
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    /// Steps that are left. Trying again after a wrong guess costs steps too.
    steps: usize,
    pending: Vec<Pending>,
    documents: Vec<Word>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, documents: Vec<Word>) -> Reader<'a> {
        let steps = (text.len() * 4 + 1024).min(MOST_STEPS);
        Reader { text, bytes: text.as_bytes(), at: 0, depth: 0, steps, pending: Vec::new(), documents }
    }

    /// Reads to the last byte; what cannot be read ends the script as an unreadable command.
    fn whole(&mut self) -> Script {
        let mut script = Script::default();
        let end = match self.statements(&mut script) {
            Ok(()) if self.at >= self.bytes.len() => self.finish_documents(),
            // A closing word or bracket without its opening one.
            Ok(()) => Err(self.stop("a closing word without its beginning")),
            Err(stop) => Err(stop),
        };
        if let Err(Stop { why, at }) = end {
            let command = Command { body: Body::Unreadable { why, at }, redirects: Vec::new() };
            script.statements.push(Statement { pipeline: vec![command], perhaps: false });
        }
        script
    }

    /// Goes one level deeper for as long as `inner` reads.
    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth >= DEPTH {
            return Err(self.stop("nested too deeply"));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn stop(&self, why: &'static str) -> Stop {
        Stop { why, at: self.at }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn ahead(&self, by: usize) -> Option<u8> {
        self.bytes.get(self.at + by).copied()
    }

    fn starts(&self, with: &str) -> bool {
        self.bytes[self.at.min(self.bytes.len())..].starts_with(with.as_bytes())
    }

    fn step(&mut self) -> Read<()> {
        self.steps = self.steps.checked_sub(1).ok_or(self.stop("too many turns to read"))?;
        Ok(())
    }

    /// Takes `what` if it is next.
    fn take(&mut self, what: &str) -> bool {
        let there = self.starts(what);
        if there {
            self.at += what.len();
        }
        there
    }

    fn expect(&mut self, what: &str, why: &'static str) -> Read<()> {
        if self.take(what) { Ok(()) } else { Err(self.stop(why)) }
    }

    /// Skips spaces, tabs, continued lines, and a comment: a `#` where a word would begin.
    fn blanks(&mut self) -> Read<()> {
        loop {
            match self.peek() {
                Some(b'#') => self.comment(),
                Some(b' ' | b'\t' | b'\r') => self.at += 1,
                Some(b'\\') if self.ahead(1) == Some(b'\n') => self.at += 2,
                _ => return Ok(()),
            }
        }
    }

    /// Skips what may stand between statements: blanks, newlines, and the bodies of
    /// here-documents that begin after them.
    fn between(&mut self) -> Read<()> {
        loop {
            self.blanks()?;
            match self.peek() {
                Some(b'\n') => self.newline()?,
                _ => return Ok(()),
            }
            self.step()?;
        }
    }

    fn comment(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    }

    fn newline(&mut self) -> Read<()> {
        self.at += 1;
        self.finish_documents()
    }

    /// Reads the bodies of the here-documents that were announced on the line just ended.
    fn finish_documents(&mut self) -> Read<()> {
        for pending in std::mem::take(&mut self.pending) {
            let mut body = String::new();
            // A body without its end goes to the end of the text, as bash has it.
            while self.at < self.bytes.len() {
                self.step()?;
                let rest = &self.text[self.at..];
                let line = rest.split_inclusive('\n').next().unwrap_or(rest);
                self.at += line.len();
                let mut joined = String::new();
                let line = if pending.expands && is_continued(line) {
                    joined.push_str(line);
                    self.continue_line(&mut joined)?;
                    joined.as_str()
                } else {
                    line
                };
                let line = if pending.strips_tabs { line.trim_start_matches('\t') } else { line };
                if line.strip_suffix('\n').unwrap_or(line) == pending.delimiter {
                    break;
                }
                body.push_str(line);
            }
            let word = match pending.expands {
                false => Word { pieces: vec![syntax::Piece::Text { text: body, quoted: true }] },
                true => self.expanding(&body)?,
            };
            self.documents[pending.number] = word;
        }
        Ok(())
    }

    /// Joins the lines that follow a line which ends in a backslash, as bash does before it looks for the delimiter.
    fn continue_line(&mut self, line: &mut String) -> Read<()> {
        while is_continued(line) && self.at < self.bytes.len() {
            self.step()?;
            line.truncate(line.len() - 2);
            let rest = &self.text[self.at..];
            let next = rest.split_inclusive('\n').next().unwrap_or(rest);
            self.at += next.len();
            line.push_str(next);
        }
        Ok(())
    }

    /// Reads a text in which only `$`, backticks and backslashes mean something.
    fn expanding(&mut self, body: &str) -> Read<Word> {
        self.nested(body, |inner| inner.quoted_text(None))
    }

    /// Reads another text as a part of this one, with what is left of depth and steps.
    fn nested<T>(&mut self, text: &str, read: impl FnOnce(&mut Reader) -> Read<T>) -> Read<T> {
        let at = self.at;
        self.deeper(|outer| {
            let mut inner = Reader::new(text, std::mem::take(&mut outer.documents));
            inner.depth = outer.depth;
            inner.steps = outer.steps;
            let result = read(&mut inner);
            outer.steps = inner.steps;
            outer.documents = inner.documents;
            result.map_err(|stop| Stop { at, ..stop })
        })
    }
}
