//! A mistake of the user's as a value: what, where, because, and what to do next.
//!
//! Nothing here prints. `render.rs` lays a problem out as lines; the command line adds colours.

use crate::Origin;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A place in a source text, in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The file as the user named it.
    pub file: String,
    pub range: Range<usize>,
}

/// How bad it is; nearly every problem is an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    #[default]
    Error,
    Warning,
    Info,
}

impl Level {
    pub fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Info => "info",
        }
    }

    fn is_error(&self) -> bool {
        *self == Level::Error
    }
}

/// One mistake. The command line prints it with the source line; nothing else does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    #[serde(default, skip_serializing_if = "Level::is_error")]
    pub level: Level,
    /// Stable: `site/unknown-host`.
    pub code: String,
    /// What is wrong, in one sentence without a full stop.
    pub what: String,
    /// Where, and the short text under the caret.
    pub label: Option<Label>,
    /// Other places that matter.
    pub related: Vec<Label>,
    /// Facts that help: `hosts: gateway, observe`.
    pub notes: Vec<String>,
    /// The name that was probably meant.
    pub suggestion: Option<String>,
    /// What to do next.
    pub help: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

impl Problem {
    /// Starts a problem: its stable code and what is wrong.
    pub fn new(code: &str, what: impl Into<String>) -> Self {
        Problem { code: code.to_owned(), what: what.into(), ..Problem::default() }
    }

    /// Points at what the user wrote; a value that the user did not write has no place to show.
    #[must_use]
    pub fn at(mut self, origin: &Origin, text: impl Into<String>) -> Self {
        self.label = origin.span().map(|span| Label { span: span.clone(), text: text.into() });
        self
    }

    /// Points at a second place.
    #[must_use]
    pub fn related(mut self, origin: &Origin, text: impl Into<String>) -> Self {
        self.related.extend(origin.span().map(|span| Label { span: span.clone(), text: text.into() }));
        self
    }

    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    #[must_use]
    pub fn suggest(mut self, name: Option<&str>) -> Self {
        self.suggestion = name.map(str::to_owned);
        self
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The mistakes found so far. The same value holds for many hosts, so each mistake is kept once.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    pub(crate) fn push(&mut self, problem: Problem) {
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives the list in the order of the file; what has no place comes first.
    pub(crate) fn sorted(mut self) -> Vec<Problem> {
        self.0.sort_by_key(|problem| problem.label.as_ref().map(|label| label.span.range.start));
        self.0
    }
}
