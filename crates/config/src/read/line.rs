//! Files of lines, each a name and words: sshd_config, redis.conf, sysctl, rules, crontabs, scripts.
//!
//! A backslash at the end goes on with the next line. Quotes keep a word together; `=` between a
//! name and a value parts them as a blank does, as these programs have it.

use super::Fault;
use super::tree::{Data, Id, Tree};
use std::ops::Range;

pub(super) fn read(text: &str) -> (Tree, Vec<Fault>) {
    let mut tree = Tree::default();
    let mut lines = Vec::new();
    for range in logical_lines(text) {
        let words: Vec<Id> =
            words(text, range.clone()).into_iter().map(|word| add_word(&mut tree, text, word)).collect();
        if !words.is_empty() {
            lines.push(tree.add(Data::Line { words, block: None }, range));
        }
    }
    let root = tree.add(Data::List(lines), 0..text.len());
    tree.roots.push(root);
    (tree, Vec::new())
}

/// The lines of a text, those that go on taken together, without comments and blank ones.
pub(super) fn logical_lines(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    let mut goes_on = false;
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end_matches(['\n', '\r']);
        let end = start + line.trim_end().len();
        let begin = start + line.len() - line.trim_start().len();
        match found.last_mut() {
            Some(last) if goes_on => last.end = end.max(last.end),
            _ if line.trim().is_empty() || line.trim_start().starts_with(['#', ';']) => {}
            _ => found.push(begin..end),
        }
        // A comment does not go on; inside of a line that goes on, it is skipped as the shell's readers do.
        goes_on = line.ends_with('\\') && (goes_on || !line.trim_start().starts_with('#'));
        start += whole.len();
    }
    found
}

/// The words of a line; quotes hold together what stands between them.
pub(super) fn words(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = range.start;
    while at < range.end {
        match bytes[at] {
            b' ' | b'\t' | b'\n' | b'\r' => at += 1,
            b'\\' if matches!(bytes.get(at + 1), Some(b'\n' | b'\r')) || at + 1 == range.end => at += 1,
            b'#' => break,
            b'=' if found.len() == 1 => at += 1,
            _ => {
                let mut end = word_end(bytes, at, range.end);
                if found.is_empty()
                    && let Some(sign) = text[at..end].find('=').filter(|sign| is_name(&text[at..at + sign]))
                {
                    end = at + sign;
                }
                found.push(at..end);
                at = end;
            }
        }
    }
    found
}

/// What may stand before a `=` that parts a name from its value: `net.ipv4.ip_forward`, `Port`.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'/' | b'*'))
}

fn word_end(bytes: &[u8], start: usize, end: usize) -> usize {
    let mut at = start;
    let mut quote = None;
    while at < end {
        match (quote, bytes[at]) {
            (None, b' ' | b'\t' | b'\n' | b'\r') => break,
            (None, sign @ (b'"' | b'\'')) => quote = Some(sign),
            (Some(open), sign) if sign == open => quote = None,
            (_, b'\\') => at += 1,
            _ => {}
        }
        at += 1;
    }
    at.min(end)
}

pub(super) fn add_word(tree: &mut Tree, text: &str, range: Range<usize>) -> Id {
    let written = text.get(range.clone()).unwrap_or_default();
    let bare =
        [('"', '"'), ('\'', '\'')].iter().find_map(|(open, close)| written.strip_prefix(*open)?.strip_suffix(*close));
    tree.add_text(text, range, bare.unwrap_or(written))
}
