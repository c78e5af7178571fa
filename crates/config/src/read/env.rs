//! `.env` files: names and values as `docker compose` reads them.

use super::tree::{Data, Tree};
use super::{Fault, FaultKind, MOST_FAULTS};

pub(super) fn read(text: &str) -> (Tree, Vec<Fault>) {
    let mut tree = Tree::default();
    let mut faults = Vec::new();
    let mut entries = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let end = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
        let mut next = end + 1;
        let line = text[start..end].trim_end_matches('\r');
        let indent = line.len() - line.trim_start().len();
        let body = line.trim_start();
        let body = body.strip_prefix("export ").unwrap_or(body);
        let at = start + line.len() - body.len();
        match pair(body) {
            _ if body.is_empty() || body.starts_with('#') => {}
            None if body.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') => {}
            None if faults.len() >= MOST_FAULTS => {}
            None => {
                let what = "this line is neither NAME=value nor a comment".to_owned();
                faults.push(Fault { kind: FaultKind::Syntax, range: start + indent..start + line.len(), what });
            }
            Some((name, value)) => {
                let key = tree.add_written(at..at + name.trim_end().len());
                // Both end where the line does, whatever stands between them.
                let value_at = at + body.len() - value.trim_start().len();
                let (length, made) = value_of(&text[value_at.min(text.len())..], value.trim_start());
                if value_at + length > end {
                    next =
                        text[value_at + length..].find('\n').map_or(text.len(), |newline| value_at + length + newline)
                            + 1;
                }
                entries.push((key, tree.add_text(text, value_at..value_at + length, &made)));
            }
        }
        start = next;
    }
    let root = tree.add(Data::Map(entries), 0..text.len());
    tree.roots.push(root);
    (tree, faults)
}

/// The name and the value of a line. Compose takes `NAME: value` as well.
fn pair(body: &str) -> Option<(&str, &str)> {
    let colon = body.split_once(": ").filter(|(name, _)| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
    });
    colon.or_else(|| body.split_once('='))
}

/// Where a quoted value ends: a quotation mark behind a backslash is a part of it.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    text.char_indices().find_map(|(at, letter)| {
        let is_end = letter == quote && !is_escaped;
        is_escaped = letter == '\\' && !is_escaped;
        is_end.then_some(at)
    })
}

/// How many bytes a value takes, and what it is; `rest` goes on behind the line.
fn value_of(rest: &str, line: &str) -> (usize, String) {
    for quote in ['"', '\''] {
        if let Some(body) = line.strip_prefix(quote) {
            // Quoted values may go over lines, but not for ever.
            let horizon =
                rest.char_indices().take(16_384).last().map_or(0, |(offset, letter)| offset + letter.len_utf8());
            let end = closing(body, quote).or_else(|| closing(rest[..horizon].get(1..)?, quote));
            if let Some(end) = end {
                return (end + 2, rest[1..=end].to_owned());
            }
        }
    }
    // A list of bash's: such a file is sourced, not read by Compose.
    if line.starts_with('(') && !line.contains(')') {
        let horizon = rest.char_indices().take(16_384).last().map_or(0, |(offset, letter)| offset + letter.len_utf8());
        if let Some(end) = rest[..horizon].find("\n)") {
            return (end + 2, rest[..end + 2].to_owned());
        }
    }
    let cut = line.find(" #").unwrap_or(line.len());
    let cut = if line.starts_with('#') { 0 } else { cut };
    let value = line[..cut].trim_end();
    (value.len(), value.to_owned())
}
