//! YAML: the events of `saphyr-parser` built into the tree.
//!
//! The parser counts characters and the tree counts bytes; for a text that is all ASCII these are
//! the same, for others a table translates. What was read before a syntax error stays.

use super::tree::{Data, Id, NOTHING, Tree};
use super::{DEEPEST, Fault, FaultKind, MOST_FAULTS};
use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

pub(super) fn read(text: &str) -> (Tree, Vec<Fault>) {
    if is_dense(text) {
        // The parser keeps a whole flow collection in memory before it hands out the first word of it.
        if text.trim_start().starts_with(['{', '[']) {
            return super::json::read(text);
        }
        let what = "this is data rather than configuration: too many brackets and commas to be read".to_owned();
        return (Tree::default(), vec![Fault { kind: FaultKind::TooBig, range: 0..0, what }]);
    }
    let mut builder = Builder::new(text);
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => {
                if builder.take(event, span).is_err() {
                    break;
                }
            }
            Err(error) => {
                let at = builder.offset(error.marker().index());
                let what = format!("this is not valid YAML: {}", error.info());
                builder.faults.push(Fault { kind: FaultKind::Syntax, range: at..at, what });
                break;
            }
        }
    }
    builder.finish()
}

/// The YAML between two `---` lines at the top of a Markdown file.
pub(super) fn read_front_matter(text: &str) -> (Tree, Vec<Fault>) {
    let mut lines = text.split_inclusive('\n');
    let opens = lines.next().is_some_and(|line| line.trim_end() == "---");
    let mut end = text.find('\n').map_or(text.len(), |newline| newline + 1);
    for line in lines {
        if opens && line.trim_end() == "---" {
            return read(&text[..end]);
        }
        end += line.len();
    }
    (Tree::default(), Vec::new())
}

/// Whether a long text has a sign of flow style in every few bytes.
fn is_dense(text: &str) -> bool {
    const LONG: usize = 16 << 10;
    if text.len() <= LONG {
        return false;
    }
    let (mut depth, mut signs) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => {}
            b':' if depth > 0 => {}
            _ => continue,
        }
        signs += 1;
    }
    signs * 6 > text.len()
}

/// Nothing more may be read.
struct TooDeep;

struct Builder<'a> {
    text: &'a str,
    /// Bytes by characters, where they differ.
    offsets: Option<Vec<u32>>,
    tree: Tree,
    open: Vec<Open>,
    anchors: HashMap<usize, Id>,
    faults: Vec<Fault>,
}

/// A list or map that is still being filled.
struct Open {
    start: usize,
    anchor: usize,
    what: Filling,
}

enum Filling {
    List(Vec<Id>),
    Map { entries: Vec<(Id, Id)>, key: Option<Id>, seen: HashSet<String> },
}

impl<'a> Builder<'a> {
    fn new(text: &'a str) -> Builder<'a> {
        let table = || text.char_indices().map(|(offset, _)| u32::try_from(offset).unwrap_or(u32::MAX)).collect();
        Builder {
            text,
            offsets: (!text.is_ascii()).then(table),
            tree: Tree::default(),
            open: Vec::new(),
            anchors: HashMap::new(),
            faults: Vec::new(),
        }
    }

    fn offset(&self, character: usize) -> usize {
        match &self.offsets {
            None => character.min(self.text.len()),
            Some(offsets) => offsets.get(character).map_or(self.text.len(), |offset| *offset as usize),
        }
    }

    fn range(&self, span: Span) -> Range<usize> {
        self.offset(span.start.index())..self.offset(span.end.index())
    }

    fn take(&mut self, event: Event<'a>, span: Span) -> Result<(), TooDeep> {
        let range = self.range(span);
        match event {
            Event::Scalar(value, style, anchor, _) => {
                let id = self.scalar(&value, style, range);
                self.remember(anchor, id);
                self.put(id);
            }
            Event::Alias(anchor) => {
                let target = self.anchors.get(&anchor).copied().unwrap_or(NOTHING);
                let id = self.tree.add(Data::Alias(target), range);
                self.put(id);
            }
            Event::SequenceStart(anchor, _) => self.begin(range.start, anchor, Filling::List(Vec::new()))?,
            Event::MappingStart(anchor, _) => {
                let what = Filling::Map { entries: Vec::new(), key: None, seen: HashSet::new() };
                self.begin(range.start, anchor, what)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(range.end),
            _ => {}
        }
        Ok(())
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, range: Range<usize>) -> Id {
        if style == ScalarStyle::Plain && matches!(value, "" | "~" | "null") {
            return self.tree.add(Data::Null, range);
        }
        // A block scalar may be said to reach to the next key; its own bytes end with its text.
        let written = self.text.get(range.clone()).unwrap_or_default();
        let end = range.start + written.trim_end().len();
        self.tree.add_text(self.text, range.start..end, value)
    }

    fn begin(&mut self, start: usize, anchor: usize, what: Filling) -> Result<(), TooDeep> {
        if self.open.len() >= DEEPEST {
            let what = format!("maps and lists lie more than {DEEPEST} deep in each other");
            self.faults.push(Fault { kind: FaultKind::TooBig, range: start..start, what });
            return Err(TooDeep);
        }
        self.open.push(Open { start, anchor, what });
        Ok(())
    }

    fn end(&mut self, end: usize) {
        let Some(Open { start, anchor, what }) = self.open.pop() else { return };
        let data = match what {
            Filling::List(items) => Data::List(items),
            Filling::Map { entries, .. } => Data::Map(entries),
        };
        let written = self.text.get(start..end).unwrap_or_default();
        let id = self.tree.add(data, start..start + written.trim_end().len());
        self.remember(anchor, id);
        self.put(id);
    }

    fn remember(&mut self, anchor: usize, id: Id) {
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
    }

    fn put(&mut self, id: Id) {
        let name = self.name(id);
        match self.open.last_mut().map(|open| &mut open.what) {
            None => self.tree.roots.push(id),
            Some(Filling::List(items)) => items.push(id),
            Some(Filling::Map { entries, key, seen }) => match key.take() {
                Some(key) => entries.push((key, id)),
                None => {
                    *key = Some(id);
                    if let Some((name, range)) = name
                        && name != "<<"
                        && !seen.insert(name.clone())
                        && self.faults.len() < MOST_FAULTS
                    {
                        let what =
                            format!("`{name}` is here twice; the last one counts, or the program refuses the file");
                        self.faults.push(Fault { kind: FaultKind::DuplicateKey, range, what });
                    }
                }
            },
        }
    }

    /// What a key is called; only texts are compared.
    fn name(&self, id: Id) -> Option<(String, Range<usize>)> {
        let is_key = matches!(self.open.last().map(|open| &open.what), Some(Filling::Map { key: None, .. }));
        let range = self.tree.text_range(id).filter(|_| is_key)?;
        self.text.get(range.clone()).map(|written| (written.trim_matches(['"', '\'']).to_owned(), range))
    }

    fn finish(mut self) -> (Tree, Vec<Fault>) {
        while let Some(open) = self.open.last_mut() {
            // A key that lost its value to a syntax error has none.
            if let Filling::Map { entries, key, .. } = &mut open.what
                && let Some(key) = key.take()
            {
                let nothing = self.tree.add(Data::Null, self.text.len()..self.text.len());
                entries.push((key, nothing));
            }
            self.end(self.text.len());
        }
        (self.tree, self.faults)
    }
}
