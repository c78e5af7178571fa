//! A mistake of the user's as a value: what, where, because, and what to do next.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A place in a source text, in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The file as the user named it.
    pub file: String,
    pub range: Range<usize>,
}

/// One mistake. The command line prints it with the source line; nothing else does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
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
    /// What to do next.
    pub help: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    pub span: Span,
    pub text: String,
}
