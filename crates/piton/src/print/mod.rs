//! The only place that prints. stdout is the answer, stderr is progress, questions and problems.
//!
//! Views (`plan`, `report`, `table`) turn values into a [`Page`] with colours in it; [`Screen`]
//! prints nothing else, and takes the colours out where they are not wanted. Whoever closes the pipe
//! has read enough: what cannot be written any more is dropped, and a change that is under way goes
//! on. An answer that is lost for another reason, as on a full disk, is told at the end.

pub(crate) mod findings;
mod hidden;
pub(crate) mod json;
pub(crate) mod page;
pub(crate) mod panic;
pub(crate) mod plan;
mod problem;
pub(crate) mod progress;
pub(crate) mod reach;
pub(crate) mod report;
pub(crate) mod table;
pub(crate) mod text;
mod words;

use crate::arguments::Color;
use crate::exit::Exit;
use crate::failure::Failure;
use anstream::adapter::strip_bytes;
use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use page::{Page, printable};
use piton_secrets::Secret;
use serde_json::Value;
use std::io::{self, BufRead, ErrorKind, IsTerminal, Write};
use std::sync::{Arc, OnceLock};

/// What is known of the terminal, and the ways to write to it.
#[derive(Clone, Debug)]
pub(crate) struct Screen {
    color: ColorChoice,
    json: bool,
    /// Why a part of the answer is lost, the first time that one is.
    lost: Arc<OnceLock<io::Error>>,
}

/// The width of a page when nobody says otherwise.
const WIDTH: usize = 80;

/// Longer lines are hard to read, however wide the terminal.
const WIDEST: usize = 120;

impl Screen {
    pub(crate) fn new(color: Color, json: bool) -> Screen {
        let color = match color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        Screen { color, json, lost: Arc::default() }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Writes a part of the answer to stdout.
    pub(crate) fn answer(&self, page: impl Into<Page>) {
        self.notice(self.write(io::stdout(), &page.into()));
    }

    /// Writes a page at once: line by line every line would be a call to the system.
    fn write(&self, mut out: impl RawStream, page: &Page) -> io::Result<()> {
        let color = match self.color {
            ColorChoice::Auto => AutoStream::choice(&out),
            given => given,
        };
        match color {
            ColorChoice::Never => out.write_all(&strip_bytes(page.as_bytes()).into_vec())?,
            _ => out.write_all(page.as_bytes())?,
        }
        out.flush()
    }

    /// Writes bytes to stdout as they are.
    pub(crate) fn answer_raw(&self, bytes: &[u8]) {
        let mut out = io::stdout().lock();
        self.notice(out.write_all(bytes).and_then(|()| out.flush()));
    }

    /// Remembers that a part of the answer could not be written, unless its reader went away.
    pub(crate) fn notice(&self, written: io::Result<()>) {
        match written {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                // The first reason is the one to tell.
                let _ = self.lost.set(error);
            }
            _ => {}
        }
    }

    /// Says that the answer is not whole where that is so, and gives the exit code with that in it.
    pub(crate) fn settle(&self, exit: Exit) -> Exit {
        let Some(error) = self.lost.get() else { return exit };
        let failure = Failure::lost_answer(error);
        self.say_page(&problem::text(&failure.problems, &failure.texts));
        exit.worse(failure.exit)
    }

    /// The same answer, for a program or for a person.
    pub(crate) fn answer_or_json(&self, value: &Value, page: impl Into<Page>) {
        match self.is_json() {
            true => self.answer_json(value),
            false => self.answer(page),
        }
    }

    /// Writes one JSON value to stdout, on one line where lines are events.
    pub(crate) fn answer_json(&self, value: &Value) {
        let text = serde_json::to_string_pretty(value).unwrap_or_default();
        self.answer_raw(format!("{}\n", json::escaped(&text)).as_bytes());
    }

    pub(crate) fn event(&self, value: &Value) {
        self.answer_raw(format!("{}\n", json::escaped(&value.to_string())).as_bytes());
    }

    /// Writes a line to stderr.
    pub(crate) fn say(&self, line: &str) {
        self.say_page(&format!("{}\n", printable(line)).into());
    }

    /// Writes lines to stderr.
    pub(crate) fn say_lines(&self, lines: &str) {
        self.say_page(&format!("{lines}\n").into());
    }

    fn say_page(&self, page: &Page) {
        let _ = self.write(io::stderr(), page);
    }

    /// Shows to people what is wrong although the command goes on.
    pub(crate) fn problems(&self, failure: &Failure) {
        self.say_page(&problem::text(&failure.problems, &failure.texts));
    }

    /// Shows why a command could not do its work: to people on stderr, to programs on stdout too.
    pub(crate) fn failure(&self, failure: &Failure) {
        self.say_page(&problem::text(&failure.problems, &failure.texts));
        if self.json {
            self.failure_event(failure);
        }
    }

    /// Tells a program why a command could not do its work.
    pub(crate) fn failure_event(&self, failure: &Failure) {
        self.event(&json::failure(failure));
    }

    /// The width of the page that the answer is laid out for.
    pub(crate) fn width(&self) -> usize {
        let columns = || rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| usize::from(size.ws_col));
        let known = io::stdout().is_terminal().then(columns).flatten();
        known.filter(|columns| *columns > 0).map_or(WIDTH, |columns| columns.min(WIDEST))
    }

    /// Whether somebody is there to answer a question.
    pub(crate) fn can_ask(&self) -> bool {
        !self.json && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Asks for something that is not shown while it is typed; nothing when nobody is there, or says nothing.
    pub(crate) fn ask_hidden(&self, question: &str) -> Option<Secret> {
        if !self.can_ask() {
            return None;
        }
        self.say_page(&question.into());
        let typed = hidden::line();
        self.say_page(&"\n".into());
        typed
    }

    /// Asks, and gives the answer without its newline; nothing when there is none.
    pub(crate) fn ask(&self, question: &str) -> Option<String> {
        self.say_page(&question.into());
        let mut line = String::new();
        match io::stdin().lock().read_line(&mut line) {
            Ok(1..) => Some(line.trim().to_owned()),
            _ => None,
        }
    }
}
