//! YAML of any form: the events of `saphyr-parser`.
//!
//! The parser counts characters and the tree counts bytes; for a text that is all ASCII these are
//! the same, for others a table translates. What was read before a syntax error stays.

use super::super::tree::Tree;
use super::super::{Fault, FaultKind};
use super::build::{Builder, TooDeep};
use super::loose::end_of_quoted;
use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use std::ops::Range;

pub(super) fn read(text: &str) -> (Tree, Vec<Fault>) {
    let places = Places::of(text);
    let mut builder = Builder::new(text);
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => {
                if take(&mut builder, text, event, places.range(span)).is_err() {
                    break;
                }
            }
            Err(error) => {
                let at = places.offset(error.marker().index());
                let what = format!("this is not valid YAML: {}", error.info());
                builder.faults.push(Fault { kind: FaultKind::Syntax, range: at..at, what });
                break;
            }
        }
    }
    builder.finish()
}

fn take(builder: &mut Builder, text: &str, event: Event, range: Range<usize>) -> Result<(), TooDeep> {
    match event {
        Event::Scalar(value, style, anchor, _) => {
            builder.scalar(&value, style == ScalarStyle::Plain, anchor, own(text, range, style));
        }
        Event::Alias(anchor) => builder.alias(anchor, range),
        Event::SequenceStart(anchor, _) => builder.begin_list(range.start, anchor)?,
        Event::MappingStart(anchor, _) => builder.begin_map(range.start, anchor)?,
        Event::SequenceEnd | Event::MappingEnd => builder.end(closed(text, range)),
        _ => {}
    }
    Ok(())
}

/// Where a list or map ends. The sign that closes one is said to reach over a comment behind it, and one with a comma before
/// that sign is said to end there.
fn closed(text: &str, range: Range<usize>) -> usize {
    let mut at = range.start;
    let mut rest = text.get(at..).and_then(|rest| rest.strip_prefix(',')).unwrap_or_default();
    while !rest.is_empty() {
        let line = rest.trim_start();
        at = text.len() - line.len();
        rest = line.strip_prefix('#').and_then(|comment| comment.split_once('\n')).map_or("", |(_, below)| below);
    }
    match text.as_bytes().get(at) {
        Some(b']' | b'}') if !range.is_empty() => at + 1,
        _ => range.end,
    }
}

/// The bytes of a scalar without what may stand behind its closing quotation mark, which the parser counts to it.
fn own(text: &str, range: Range<usize>, style: ScalarStyle) -> Range<usize> {
    let quote = match style {
        ScalarStyle::SingleQuoted => '\'',
        ScalarStyle::DoubleQuoted => '"',
        _ => return range,
    };
    // Anchors and tags stand before the first one, and have none in them.
    let written = text.get(range.clone()).unwrap_or_default();
    let Some(open) = written.find(quote) else { return range };
    let inside = written.get(open + 1..).unwrap_or_default();
    match end_of_quoted(inside, quote) {
        Some(length) => range.start..range.start + open + 1 + length + 1,
        None => range,
    }
}

/// Which byte a character begins at.
struct Places {
    length: usize,
    /// Where bytes and characters differ.
    bytes: Option<Vec<u32>>,
}

impl Places {
    fn of(text: &str) -> Places {
        let table = || text.char_indices().map(|(offset, _)| u32::try_from(offset).unwrap_or(u32::MAX)).collect();
        Places { length: text.len(), bytes: (!text.is_ascii()).then(table) }
    }

    fn offset(&self, character: usize) -> usize {
        match &self.bytes {
            None => character.min(self.length),
            Some(bytes) => bytes.get(character).map_or(self.length, |offset| *offset as usize),
        }
    }

    fn range(&self, span: Span) -> Range<usize> {
        self.offset(span.start.index())..self.offset(span.end.index())
    }
}
