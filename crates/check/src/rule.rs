//! What a rule is: an id, how bad and how sure, what it looks at, and its page.
//!
//! The doc comment inside of [`rule!`](crate::rule!) is the page that users read, and its code blocks
//! are the rule's tests: everything about a rule is in its one file.

use crate::compose::Service;
use crate::finding::{Report, Severity};
use crate::project::Project;
use piton_config::read::{Document, Kind};

/// How sure a finding of the rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    Low,
    Medium,
    High,
}

impl Confidence {
    pub fn name(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

#[derive(Debug)]
pub struct Rule {
    pub id: &'static str,
    pub severity: Severity,
    pub confidence: Confidence,
    /// Only with `--strict`: good advice that most files do not follow.
    pub strict: bool,
    pub(crate) look: Look,
    /// The doc comment, each line with the blank that `///` leaves.
    pub(crate) docs: &'static str,
}

/// What a rule wants to see; the engine walks, the rule judges.
#[derive(Debug)]
pub(crate) enum Look {
    /// Each file of these kinds; of every kind, where none is named.
    File(&'static [Kind], fn(&Project, &Document, &mut Report)),
    /// Each service of each Compose file.
    Service(fn(&Project, &Service, &mut Report)),
    /// All files at once.
    Project(fn(&Project, &mut Report)),
}

impl Rule {
    /// The kinds of files that findings are in; none means any.
    pub fn kinds(&self) -> &'static [Kind] {
        match &self.look {
            Look::File(kinds, _) => kinds,
            Look::Service(_) => &[Kind::Compose],
            Look::Project(_) => &[],
        }
    }

    /// The page without the blanks that `///` leaves.
    pub fn text(&self) -> String {
        let lines = self.docs.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The first sentence of the page.
    pub fn title(&self) -> String {
        self.text().lines().take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// The words between the title and the first example, or the sources: why it matters.
    pub fn why(&self) -> String {
        let text = self.text();
        let body = text.split_once("\n\n").map_or("", |(_, body)| body);
        let body = body.split("```").next().unwrap_or_default();
        // A page without an example goes on with how it is told and where that was looked up.
        body.split("\n\n")
            .take_while(|paragraph| !paragraph.contains("Source: "))
            .map(|paragraph| paragraph.replace('\n', " "))
            .collect::<Vec<_>>()
            .join("\n\n")
            .trim()
            .to_owned()
    }
}

/// Writes a rule: its page as a doc comment, then `NAME = "id", Severity, Confidence, Look`, and
/// `strict` behind it where the rule is only for `--strict`.
#[macro_export]
macro_rules! rule {
    ($(#[doc = $doc:literal])* $name:ident = $id:literal, $severity:ident, $confidence:ident, $look:expr $(, $strict:ident)?) => {
        pub(crate) const $name: $crate::Rule = $crate::Rule {
            id: $id,
            severity: $crate::Severity::$severity,
            confidence: $crate::Confidence::$confidence,
            strict: $crate::rule!(@strict $($strict)?),
            look: $look,
            docs: concat!($($doc, "\n"),*),
        };
    };
    (@strict strict) => { true };
    (@strict) => { false };
}
