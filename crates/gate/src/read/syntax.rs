//! What a piece of shell text means, as a tree: only as much of it as judging needs.
//!
//! `&&`, `||`, `;` and `&` are one thing here: whatever may run is judged as if it does. Text that
//! is not known when it is read (a variable, the output of a command) stays a piece of its own.

use std::rc::Rc;

/// Statements in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    pub(crate) statements: Vec<Statement>,
}

/// Commands joined by pipes; each reads what the one before it writes.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) pipeline: Vec<Command>,
    /// It runs or not: behind `&&` or `||`, or beside the rest (`&`).
    pub(crate) perhaps: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) body: Body,
    pub(crate) redirects: Vec<Redirect>,
}

#[derive(Clone, Debug)]
pub(crate) enum Body {
    Simple {
        assignments: Vec<Assignment>,
        words: Vec<Word>,
    },
    /// `( … )`: what it sets is gone afterwards.
    Subshell(Script),
    /// `{ … }`, `if`, `while`, `case`: every part may run. The words only expand.
    Parts {
        words: Vec<Word>,
        scripts: Vec<Script>,
    },
    For {
        name: String,
        /// None for `for x; do`, which takes the arguments.
        values: Option<Vec<Word>>,
        body: Script,
    },
    Function {
        name: String,
        body: Rc<Command>,
    },
    /// Text that could not be read; what it would do is not known.
    Unreadable {
        why: &'static str,
        at: usize,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Assignment {
    pub(crate) name: String,
    pub(crate) appends: bool,
    pub(crate) value: Word,
    /// `name=( … )`.
    pub(crate) elements: Option<Vec<Word>>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Word {
    pub(crate) pieces: Vec<Piece>,
}

#[derive(Clone, Debug)]
pub(crate) enum Piece {
    Text {
        text: String,
        quoted: bool,
    },
    Variable {
        name: String,
        quoted: bool,
        operator: String,
        operand: Option<Word>,
    },
    /// `$( … )` and backticks.
    Output {
        script: Script,
        quoted: bool,
    },
    /// `<( … )` and `>( … )`.
    Process {
        script: Script,
        writes: bool,
    },
    /// `$(( … ))`: a number that is not computed; what is in it may run commands.
    Arithmetic {
        inner: Word,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Redirect {
    /// The file descriptor that is written before the operator.
    pub(crate) descriptor: Option<u32>,
    pub(crate) kind: RedirectKind,
    pub(crate) target: Word,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RedirectKind {
    Read,
    Write,
    Append,
    ReadWrite,
    /// `2>&1` and `<&3`: no file is opened.
    Duplicate,
    /// `&>` and `>&file`.
    WriteBoth,
    /// The number of the text in [`super::Reading::documents`].
    HereDocument(usize),
    HereString,
}

impl Redirect {
    /// Says whether it opens a file to write to.
    pub(crate) fn writes_a_file(&self) -> bool {
        use RedirectKind::{Append, ReadWrite, Write, WriteBoth};
        matches!(self.kind, Write | Append | WriteBoth | ReadWrite)
    }

    /// Says whether something is read through it.
    pub(crate) fn reads(&self) -> bool {
        use RedirectKind::{HereDocument, HereString, Read, ReadWrite};
        matches!(self.kind, HereDocument(_) | HereString | Read | ReadWrite)
    }
}

impl Word {
    pub(crate) fn text(text: &str) -> Word {
        Word { pieces: vec![Piece::Text { text: text.to_owned(), quoted: false }] }
    }

    /// The word as it stands, when it is nothing but unquoted text.
    pub(crate) fn plain(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [Piece::Text { text, quoted: false }] => Some(text),
            _ => None,
        }
    }
}
