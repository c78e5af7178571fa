//! Where comments stand: signs outside of every text of the tree.

use super::{Document, Syntax};
use std::ops::Range;

pub(super) fn find(document: &Document) -> Vec<Range<usize>> {
    let signs: &[&str] = match document.kind.syntax() {
        Syntax::Json => &["//"],
        Syntax::Sections => &["#", ";"],
        Syntax::FrontMatter => return markdown(document),
        _ => &["#"],
    };
    let mut texts: Vec<Range<usize>> =
        document.texts().map(|value| value.range()).filter(|range| !range.is_empty()).collect();
    texts.sort_by_key(|range| range.start);
    let mut found = Vec::new();
    let mut next = 0;
    for (range, line) in document.lines() {
        // A text that began on an earlier line may reach into this one.
        while texts.get(next).is_some_and(|text| text.end <= range.start) {
            next += 1;
        }
        let inside = |at: usize| texts[next..].iter().take_while(|text| text.start <= at).any(|text| at < text.end);
        let bytes = line.as_bytes();
        let mut at = 0;
        while at < line.len() {
            let Some(offset) = signs.iter().filter_map(|sign| line[at..].find(sign)).min() else { break };
            let position = at + offset;
            let free = position == 0 || bytes[position - 1].is_ascii_whitespace() || signs == ["//"];
            if free && !inside(range.start + position) {
                found.push(range.start + position..range.end);
                break;
            }
            at = position + 1;
        }
    }
    found
}

/// In Markdown only `<!-- -->` is a comment.
fn markdown(document: &Document) -> Vec<Range<usize>> {
    let lines = document.lines().filter(|(_, line)| line.trim_start().starts_with("<!--"));
    lines.map(|(range, _)| range).collect()
}
