//! Puts fixes into texts: from the end to the beginning, and never two into one place.

use crate::finding::{Edit, Finding, Safety};
use std::collections::BTreeMap;

/// What became of the texts.
#[derive(Debug, Default)]
pub struct Fixed {
    /// New texts by path; only of files that changed.
    pub texts: BTreeMap<String, String>,
    /// How many findings were mended.
    pub count: usize,
}

/// Applies the fixes of findings, those that are safe or all; a fix whose place is taken waits for the next run.
pub fn apply(findings: &[Finding], texts: &BTreeMap<&str, &str>, with_unsafe: bool) -> Fixed {
    let mut taken: BTreeMap<&str, Vec<&Edit>> = BTreeMap::new();
    let mut count = 0;
    for fix in findings.iter().filter_map(|finding| finding.fix.as_ref()) {
        let wanted = with_unsafe || fix.safety == Safety::Safe;
        let free = |edit: &Edit| {
            let edits = taken.get(edit.path.as_str()).map_or(&[][..], Vec::as_slice);
            !edits.iter().any(|other| overlap(edit, other)) && texts.contains_key(edit.path.as_str())
        };
        if wanted && !fix.edits.is_empty() && fix.edits.iter().all(free) {
            fix.edits.iter().for_each(|edit| taken.entry(&edit.path).or_default().push(edit));
            count += 1;
        }
    }
    let mut fixed = Fixed { texts: BTreeMap::new(), count };
    for (path, mut edits) in taken {
        let Some(text) = texts.get(path) else { continue };
        let mut text = (*text).to_owned();
        edits.sort_by_key(|edit| std::cmp::Reverse((edit.range.start, edit.range.end)));
        for edit in edits {
            if text.is_char_boundary(edit.range.start)
                && text.is_char_boundary(edit.range.end)
                && edit.range.end <= text.len()
            {
                text.replace_range(edit.range.clone(), &edit.text);
            }
        }
        fixed.texts.insert(path.to_owned(), text);
    }
    fixed
}

/// Two insertions at one place overlap as well: their order would be a guess.
fn overlap(left: &Edit, right: &Edit) -> bool {
    left.range.start <= right.range.end && right.range.start <= left.range.end
}
