//! What a rule found: where, what, since when, and what would mend it.

use crate::rule::{Confidence, Rule};
use piton_config::read::{Document, Value};
use std::ops::Range;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Info,
    Warning,
    Error,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// One finding. Paths are those of the documents, ranges are bytes.
#[derive(Clone, Debug)]
pub struct Finding {
    pub rule: &'static Rule,
    /// That of the rule, unless what was found is better or worse than usual.
    pub severity: Severity,
    pub path: String,
    pub range: Range<usize>,
    /// One sentence without a full stop.
    pub message: String,
    /// Other places that make it so.
    pub related: Vec<Related>,
    /// Facts: which version, and from where it is known.
    pub notes: Vec<String>,
    /// What to write instead.
    pub help: Option<String>,
    pub fix: Option<Fix>,
}

#[derive(Clone, Debug)]
pub struct Related {
    pub path: String,
    pub range: Range<usize>,
    pub text: String,
}

/// A change of text that mends a finding.
#[derive(Clone, Debug)]
pub struct Fix {
    pub safety: Safety,
    pub title: String,
    pub edits: Vec<Edit>,
}

/// Whether a fix can change what a program does beyond what the rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    Safe,
    Unsafe,
}

/// One replacement in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub path: String,
    pub range: Range<usize>,
    pub text: String,
}

impl Edit {
    pub fn replace(value: Value, text: impl Into<String>) -> Edit {
        Edit { path: value.document().path.clone(), range: value.range(), text: text.into() }
    }

    pub fn at(document: &Document, range: Range<usize>, text: impl Into<String>) -> Edit {
        Edit { path: document.path.clone(), range, text: text.into() }
    }

    /// Takes the lines out on which a range stands, with their ends; nothing where anything else stands on them, were it
    /// a comment.
    pub fn remove_lines(document: &Document, range: Range<usize>) -> Option<Edit> {
        let text = &document.text;
        let start = text[..range.start].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[range.end..].find('\n').map_or(text.len(), |newline| range.end + newline + 1);
        let is_alone = text[start..range.start].trim().is_empty() && text[range.end..end].trim().is_empty();
        is_alone.then(|| Edit { path: document.path.clone(), range: start..end, text: String::new() })
    }

    /// Puts a line below the one on which a range ends, behind its comment and indented like the one on which it begins.
    pub fn line_below(document: &Document, range: Range<usize>, line: &str) -> Edit {
        let text = &document.text;
        let rest = text[range.end..].lines().next().unwrap_or_default();
        let end = range.end + rest.len();
        let start = text[..range.start].rfind('\n').map_or(0, |newline| newline + 1);
        let indent: String = text[start..].chars().take_while(|letter| matches!(letter, ' ' | '\t')).collect();
        Edit { path: document.path.clone(), range: end..end, text: format!("{}{indent}{line}", end_of_line(document)) }
    }

    /// Puts a line above the one on which a range stands, indented like it.
    pub fn line_above(document: &Document, at: usize, line: &str) -> Edit {
        let start = document.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let indent: String = document.text[start..].chars().take_while(|letter| matches!(letter, ' ' | '\t')).collect();
        Edit {
            path: document.path.clone(),
            range: start..start,
            text: format!("{indent}{line}{}", end_of_line(document)),
        }
    }
}

/// A text in which something is written otherwise wherever it ends as a word: `/health`, and not the beginning of
/// `/health/readiness`. Nothing where it is nowhere.
pub(crate) fn reworded(text: &str, old: &str, new: &str) -> Option<String> {
    let goes_on = |letter: char| letter.is_alphanumeric() || matches!(letter, '/' | '-' | '_' | '.' | '?');
    let slash_is_next = old.contains("://");
    let places: Vec<usize> = text
        .match_indices(old)
        .map(|(at, _)| at)
        .filter(|at| {
            let next = text[at + old.len()..].chars().next();
            // Behind a host a path may begin.
            !next.is_some_and(|next| goes_on(next) && !(slash_is_next && matches!(next, '/' | '?')))
        })
        .collect();
    let mut changed = text.to_owned();
    places.iter().rev().for_each(|at| changed.replace_range(*at..at + old.len(), new));
    (!places.is_empty()).then_some(changed)
}

/// The line end that a document uses.
pub(crate) fn end_of_line(document: &Document) -> &'static str {
    match document.line_ends {
        piton_config::read::LineEnds::Windows => "\r\n",
        _ => "\n",
    }
}

/// Where something stands.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    path: String,
    range: Range<usize>,
}

impl From<Value<'_>> for Place {
    fn from(value: Value) -> Place {
        Place { path: value.document().path.clone(), range: value.range() }
    }
}

impl From<(&Document, Range<usize>)> for Place {
    fn from((document, range): (&Document, Range<usize>)) -> Place {
        let text = &document.text;
        // A place that a rule has counted out may end in the middle of a letter, or behind the last one.
        let fit = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let start = fit(range.start);
        Place { path: document.path.clone(), range: start..fit(range.end).max(start) }
    }
}

/// How many findings of one rule are kept for one file. Nobody reads on, and a hostile file must not fill the memory.
const MOST: usize = 250;

/// What one rule has found so far.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) rule: &'static Rule,
    pub(crate) findings: Vec<Finding>,
    /// How many were not kept.
    left_out: usize,
    /// What is not kept is written here.
    spare: Option<Finding>,
}

impl Report {
    pub(crate) fn new(rule: &'static Rule) -> Report {
        Report { rule, findings: Vec::new(), left_out: 0, spare: None }
    }

    /// What was found; the last one says how many more there are.
    pub(crate) fn finish(mut self) -> Vec<Finding> {
        if let Some(last) = self.findings.last_mut().filter(|_| self.left_out > 0) {
            last.note(format!("{} more of these are not listed", self.left_out));
        }
        self.findings
    }

    /// Adds a finding; more can be said of it in the same breath.
    pub(crate) fn at(&mut self, place: impl Into<Place>, message: impl Into<String>) -> &mut Finding {
        let Place { path, range } = place.into();
        let severity = self.rule.severity;
        let finding = Finding {
            rule: self.rule,
            severity,
            path,
            range,
            message: message.into(),
            related: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: None,
        };
        let position = self.findings.len();
        if position >= MOST {
            self.left_out += 1;
            return self.spare.insert(finding);
        }
        self.findings.push(finding);
        &mut self.findings[position]
    }
}

impl Finding {
    pub(crate) fn severity(&mut self, severity: Severity) -> &mut Finding {
        self.severity = severity;
        self
    }

    pub(crate) fn note(&mut self, note: impl Into<String>) -> &mut Finding {
        self.notes.push(note.into());
        self
    }

    pub(crate) fn help(&mut self, help: impl Into<String>) -> &mut Finding {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn related(&mut self, place: impl Into<Place>, text: impl Into<String>) -> &mut Finding {
        let Place { path, range } = place.into();
        self.related.push(Related { path, range, text: text.into() });
        self
    }

    pub(crate) fn safe_fix(&mut self, title: impl Into<String>, edits: Vec<Edit>) -> &mut Finding {
        self.fix = Some(Fix { safety: Safety::Safe, title: title.into(), edits });
        self
    }

    pub(crate) fn unsafe_fix(&mut self, title: impl Into<String>, edits: Vec<Edit>) -> &mut Finding {
        self.fix = Some(Fix { safety: Safety::Unsafe, title: title.into(), edits });
        self
    }

    /// Whether `--fix` mends it.
    pub fn has_safe_fix(&self) -> bool {
        self.fix.as_ref().is_some_and(|fix| fix.safety == Safety::Safe)
    }

    pub fn confidence(&self) -> Confidence {
        self.rule.confidence
    }
}
