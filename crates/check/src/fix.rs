//! Puts fixes into texts: each whole or not at all, and never two into one place.

use crate::finding::{Edit, Finding, Safety};
use std::collections::BTreeMap;

/// What became of the texts.
#[derive(Debug, Default)]
pub struct Fixed {
    /// New texts by path; only of files that changed.
    pub texts: BTreeMap<String, String>,
    /// How many fixes were put in.
    pub count: usize,
}

/// Applies the fixes of findings, those that are safe or all; a fix whose place is taken waits for the next run. A fix is
/// about one file: whoever finds that it does not read well afterwards leaves the file, and nothing is half done.
pub fn apply<'a>(
    findings: impl IntoIterator<Item = &'a Finding>,
    texts: &BTreeMap<&str, &str>,
    with_unsafe: bool,
) -> Fixed {
    let mut taken: BTreeMap<&str, BTreeMap<usize, &Edit>> = BTreeMap::new();
    let mut count = 0;
    for fix in findings.into_iter().filter_map(|finding| finding.fix.as_ref()) {
        let Some(path) = fix.edits.first().map(|edit| edit.path.as_str()) else { continue };
        let Some(text) = texts.get(path) else { continue };
        let own = taken.entry(path).or_default();
        let fits = |edit: &Edit| edit.path == path && text.get(edit.range.clone()).is_some() && is_free(edit, own);
        if (with_unsafe || fix.safety == Safety::Safe) && fix.edits.iter().all(fits) {
            own.extend(fix.edits.iter().map(|edit| (edit.range.start, edit)));
            count += 1;
        }
    }
    taken.retain(|_, edits| !edits.is_empty());
    let put = |(path, edits): (&str, BTreeMap<usize, &Edit>)| {
        Some((path.to_owned(), put(texts.get(path)?, edits.into_values())))
    };
    Fixed { texts: taken.into_iter().filter_map(put).collect(), count }
}

/// Whether no other edit is at the place of this one. Two insertions at one place are in each other's way as well: their
/// order would be a guess.
fn is_free(edit: &Edit, taken: &BTreeMap<usize, &Edit>) -> bool {
    // Those that are taken do not overlap, so that only the last one that begins before the end can reach in.
    taken.range(..=edit.range.end).next_back().is_none_or(|(_, other)| other.range.end < edit.range.start)
}

/// The text with all edits in it, which are in their order and apart from each other.
fn put<'a>(text: &str, edits: impl Iterator<Item = &'a Edit>) -> String {
    let mut new = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        new.push_str(text.get(at..edit.range.start).unwrap_or_default());
        new.push_str(&edit.text);
        at = edit.range.end.max(at);
    }
    new.push_str(text.get(at..).unwrap_or_default());
    new
}
