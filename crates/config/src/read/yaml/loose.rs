//! What the letter of YAML forbids and libyaml takes, and with it nearly every program: lines of a quoted text or a flow
//! collection that are indented less than they should be.

use super::super::tree::Tree;
use super::build;
use crate::read::{Fault, FaultKind};
use std::ops::Range;

/// How many bytes may be read again for such lines, all readings together.
const LOOSE_BYTES: usize = 8 << 20;

/// Whether reading ended at a line of a flow collection or a quoted text that is indented less than the letter of YAML
/// wants: libyaml, which most programs read with, does not mind.
pub(super) fn is_loose(faults: &[Fault]) -> bool {
    let loose = [
        "invalid indentation",
        "invalid indentation in flow construct",
        "invalid indentation in quoted scalar",
        "tab cannot be used as indentation",
    ];
    faults.last().is_some_and(|fault| {
        let what = fault.what.rsplit_once(": ").map_or("", |(_, what)| what);
        fault.kind == FaultKind::Syntax && loose.contains(&what)
    })
}

/// Reads with such lines put behind the ones above them, byte for byte where they were.
pub(super) fn joined(text: &str) -> Option<(Tree, Vec<Fault>)> {
    let mut bytes = text.as_bytes().to_vec();
    let most = LOOSE_BYTES / text.len().max(1);
    for round in 0..=most {
        let text = std::str::from_utf8(&bytes).ok()?;
        let (tree, mut faults) = build(text);
        if !is_loose(&faults) {
            return faults.iter().all(|fault| fault.kind != FaultKind::Syntax).then_some((tree, faults));
        }
        if round == most {
            // Whether its program reads it is not known here: it has not been refused.
            let fault = faults.last_mut()?;
            fault.kind = FaultKind::TooBig;
            fault.what =
                "from here on it is not looked at: more lines than are read anew are indented as few write".to_owned();
            return Some((tree, faults));
        }
        let fault = faults.last()?;
        let at = fault.range.start;
        match bytes.get(at).copied() {
            Some(quote @ (b'"' | b'\'')) if fault.what.ends_with("quoted scalar") => {
                let end = at + 1 + end_of_quoted(text.get(at + 1..)?, char::from(quote))?;
                // Whoever writes one so writes all so, and a file of thousands is not read anew for each.
                for range in std::iter::once(at..end).chain(loose_quoted(text, end)) {
                    let breaks = bytes.get_mut(range)?.iter_mut().filter(|byte| matches!(**byte, b'\n' | b'\r'));
                    breaks.for_each(|byte| *byte = b' ');
                }
            }
            // Inside of a quoted text a tab is a blank like others.
            Some(b'\t') => bytes.get_mut(at..=at)?.fill(b' '),
            _ => {
                let gap = gap_before(text, at)?;
                bytes.get_mut(gap)?.fill(b' ');
            }
        }
    }
    None
}

/// The quoted values behind a place that go on in lines no further right than where their own line begins.
fn loose_quoted(text: &str, from: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = from;
    // What stands in a block of text is no value: as far as its lines stand further right than this.
    let mut block: Option<usize> = None;
    while let Some(line) = text.get(at..).and_then(|rest| rest.split_inclusive('\n').next()) {
        let start = at;
        at += line.len();
        if block.is_some_and(|column| line.trim().is_empty() || indent(line) > column) {
            continue;
        }
        block = opens_block(line).then(|| column(line));
        let value = opens_quoted(line).and_then(|(offset, quote)| quoted(text, start + offset, quote));
        let Some(value) = value.filter(|value| at <= value.end) else { continue };
        let is_loose = |next: &str| !next.trim().is_empty() && indent(next) <= column(line);
        if text[value.clone()].lines().skip(1).any(is_loose) {
            found.push(value.clone());
        }
        at = value.end + text[value.end..].find('\n').map_or(text.len() - value.end, |end| end + 1);
    }
    found
}

/// Whether a block of text follows the line.
fn opens_block(line: &str) -> bool {
    let last = line.trim_end().rsplit([' ', ':']).next().unwrap_or_default();
    last.starts_with(['|', '>']) && last.len() <= 3
}

/// No text in quotation marks is longer than this.
const LONGEST: usize = 64 << 10;

/// The text that begins with this quotation mark, if it ends somewhere.
fn quoted(text: &str, start: usize, quote: char) -> Option<Range<usize>> {
    let window = text.get(start + 1..text.floor_char_boundary(start + LONGEST))?;
    Some(start..start + 1 + end_of_quoted(window, quote)?)
}

/// Where the value of a line begins, if that is with a quotation mark.
fn opens_quoted(line: &str) -> Option<(usize, char)> {
    let behind = line.find(": ").or_else(|| line.find("- "))? + 2;
    let rest = line.get(behind..)?.trim_start();
    let quote = rest.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    Some((line.len() - rest.len(), quote))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Where the key of a line begins, behind the dashes of lists; of a text without a key the last dash.
fn column(line: &str) -> usize {
    let mut column = indent(line);
    while let Some(rest) = line[column..].strip_prefix("- ") {
        if rest.trim_start().starts_with(['|', '>', '"', '\'']) {
            break;
        }
        column += 2 + indent(rest);
    }
    column
}

/// Where a quoted text ends; a quotation mark that is escaped or doubled, as each sort has it, does not end it.
pub(super) fn end_of_quoted(text: &str, quote: char) -> Option<usize> {
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' if quote == '"' => _ = letters.next(),
            _ if letter != quote => {}
            '\'' if letters.peek().is_some_and(|(_, next)| *next == quote) => _ = letters.next(),
            _ => return Some(at),
        }
    }
    None
}

/// The line breaks, comments and blanks before a place.
fn gap_before(text: &str, at: usize) -> Option<Range<usize>> {
    let mut end = at;
    loop {
        let line = text.get(..end)?.rfind('\n')?;
        let start = text[..line].rfind('\n').map_or(0, |newline| newline + 1);
        let words = text[start..line].trim_end();
        let comment = if words.trim_start().starts_with('#') { Some(0) } else { words.find(" #") };
        let words = &words[..comment.unwrap_or(words.len())];
        if !words.trim().is_empty() {
            return Some(start + words.len()..at);
        }
        end = start;
    }
}
