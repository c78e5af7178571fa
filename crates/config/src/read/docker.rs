//! Dockerfiles: one line an instruction, its name first, its words as they stand.
//!
//! Lines that go on are taken together, comments between them left out; a here-document belongs to
//! the instruction that opens it.

use super::Fault;
use super::line::add_word;
use super::tree::{Data, Id, Tree};
use std::ops::Range;

pub(super) fn read(text: &str) -> (Tree, Vec<Fault>) {
    let mut tree = Tree::default();
    let mut lines = Vec::new();
    let mut pieces: Vec<Range<usize>> = Vec::new();
    let mut until: Option<String> = None;
    let mut start = 0;
    let escape =
        if text.lines().take(3).any(|line| line.replace(' ', "").to_lowercase() == "#escape=`") { '`' } else { '\\' };
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end_matches(['\n', '\r']);
        let body = line.trim();
        let begin = start + line.len() - line.trim_start().len();
        start += whole.len();
        if let Some(end) = &until {
            if body == end {
                until = None;
                flush(&mut tree, text, &mut pieces, &mut lines);
            } else if let Some(last) = pieces.last_mut() {
                last.end = begin + body.len();
            }
            continue;
        }
        if body.starts_with('#') || (body.is_empty() && pieces.is_empty()) {
            continue;
        }
        let goes_on = body.ends_with(escape);
        let kept = if goes_on { body.len() - 1 } else { body.len() };
        pieces.push(begin..begin + kept);
        until = here_document(body);
        if !goes_on && until.is_none() {
            flush(&mut tree, text, &mut pieces, &mut lines);
        }
    }
    flush(&mut tree, text, &mut pieces, &mut lines);
    let root = tree.add(Data::List(lines), 0..text.len());
    tree.roots.push(root);
    (tree, Vec::new())
}

/// The word that ends a here-document which this line opens.
fn here_document(line: &str) -> Option<String> {
    let name = line.split_ascii_whitespace().next()?.to_ascii_uppercase();
    if !matches!(name.as_str(), "RUN" | "COPY" | "ADD") {
        return None;
    }
    let rest = line.split_once("<<")?.1.trim_start_matches('-');
    let word: String = rest
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect();
    (!word.is_empty()).then_some(word)
}

fn flush(tree: &mut Tree, text: &str, pieces: &mut Vec<Range<usize>>, lines: &mut Vec<Id>) {
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return };
    let range = first.start..last.end;
    let mut words = Vec::new();
    for piece in pieces.drain(..) {
        let mut at = piece.start;
        while at < piece.end {
            let rest = &text[at..piece.end];
            let lead = rest.len() - rest.trim_start().len();
            let rest = rest.trim_start();
            let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
            if length == 0 {
                break;
            }
            words.push(add_word(tree, text, at + lead..at + lead + length));
            at += lead + length;
        }
    }
    if !words.is_empty() {
        lines.push(tree.add(Data::Line { words, block: None }, range));
    }
}
