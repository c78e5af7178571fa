//! Fixes at what several places share: a YAML anchor, a base that other services extend, a file that a template makes.
//!
//! A rule judges one service and would mend it. What it edits may be read by others, for which nobody has asked whether
//! the change is right: such a fix is done when it is asked for. This comes behind every rule, so none has to think of it.

use crate::compose::Service;
use crate::finding::{Finding, Safety};
use crate::project::Project;
use piton_config::read::{Document, Syntax};
use std::ops::Range;

/// What is known of a document's anchors, looked up when the first fix asks.
#[derive(Debug, Default)]
pub(crate) struct Anchors {
    /// What aliases repeat, in the order of the file.
    repeated: Option<Vec<Range<usize>>>,
}

impl Anchors {
    fn hold(&mut self, document: &Document, range: &Range<usize>) -> bool {
        let repeated = self.repeated.get_or_insert_with(|| document.repeated());
        repeated.iter().any(|anchored| line_start(document, anchored.start) <= range.start && range.end <= anchored.end)
    }
}

/// A line put above the first key of a map belongs to it.
fn line_start(document: &Document, at: usize) -> usize {
    let start = document.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    if document.text[start..at].trim().is_empty() { start } else { at }
}

/// Asks for a fix to be wanted where it may change more than what the finding is about; drops one that cannot be right.
pub(crate) fn guard(
    project: &Project,
    document: &Document,
    service: Option<&Service>,
    anchors: &mut Anchors,
    finding: &mut Finding,
) {
    let Some(fix) = &mut finding.fix else { return };
    if fix.edits.iter().any(|edit| edit.path == document.path && cuts_an_anchor(document, &edit.range, &edit.text)) {
        finding.fix = None;
        return;
    }
    if fix.safety == Safety::Unsafe {
        return;
    }
    let is_own = |range: &Range<usize>| {
        service.is_none_or(|service| {
            let own = service.own_range();
            own.start <= range.start && range.end <= own.end && !project.is_extended(service)
        })
    };
    let is_shared = fix.edits.iter().any(|edit| {
        let whole = edit.range == (0..document.text.len());
        edit.path != document.path
            || !whole && (anchors.hold(document, &edit.range) || document.is_templated(&edit.range))
            || !is_own(&edit.range)
    });
    if is_shared {
        fix.safety = Safety::Unsafe;
    }
}

/// Whether a value is replaced together with the anchor or the tag in front of it.
fn cuts_an_anchor(document: &Document, range: &Range<usize>, new: &str) -> bool {
    let old = document.text.get(range.clone()).unwrap_or_default();
    let is_yaml = matches!(document.kind.syntax(), Syntax::Yaml | Syntax::FrontMatter);
    let first = old.split_whitespace().next().unwrap_or(old);
    // Quotes behind it hide from a rule that asks how the value is written.
    is_yaml && old.starts_with(['&', '!']) && (!new.starts_with(first) || old[first.len()..].contains(['"', '\'']))
}
