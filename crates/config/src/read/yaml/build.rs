//! What readers of YAML have in common: words, lists and maps, told in the order of the file, become the tree.

use super::super::tree::{Data, Id, NOTHING, Tree};
use super::super::{DEEPEST, Fault, FaultKind, MOST_FAULTS};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// As most configuration has it, so that the tree need not grow.
const BYTES_A_NODE: usize = 20;

/// Up to so many names of a map are compared one by one, which is sooner done than hashing them.
const FEW: usize = 12;

/// Nothing more may be read.
pub(super) struct TooDeep;

pub(super) struct Builder<'a> {
    text: &'a str,
    tree: Tree,
    open: Vec<Open<'a>>,
    /// What lies in the lists and maps that are open, those of the outermost first.
    links: Vec<Id>,
    /// The names of the keys of all open maps, likewise.
    names: Vec<&'a str>,
    anchors: HashMap<usize, Id>,
    pub(super) faults: Vec<Fault>,
}

/// A list or map that is still being filled.
struct Open<'a> {
    start: usize,
    anchor: usize,
    is_map: bool,
    /// Where its own begin in `links` and in `names`.
    links: usize,
    names: usize,
    /// All its names, once they are many.
    many: HashSet<&'a str>,
}

/// A name without its quotation marks, which few have.
fn without_marks(written: &str) -> &str {
    let is_mark = |byte: Option<&u8>| matches!(byte, Some(b'"' | b'\''));
    let bytes = written.as_bytes();
    if is_mark(bytes.first()) || is_mark(bytes.last()) { written.trim_matches(['"', '\'']) } else { written }
}

impl<'a> Builder<'a> {
    pub(super) fn new(text: &'a str) -> Builder<'a> {
        Builder {
            text,
            tree: Tree::of_about(text.len() / BYTES_A_NODE),
            open: Vec::new(),
            links: Vec::new(),
            names: Vec::new(),
            anchors: HashMap::new(),
            faults: Vec::new(),
        }
    }

    /// A text; `is_plain` is one without quotation marks, which may mean nothing at all. Anchors are numbered from one.
    pub(super) fn scalar(&mut self, value: &str, is_plain: bool, anchor: usize, range: Range<usize>) {
        let id = if is_plain && matches!(value, "" | "~" | "null") {
            self.tree.add(Data::Null, range)
        } else {
            // A block scalar may be said to reach to the next key; its own bytes end with its text.
            let written = self.text.get(range.clone()).unwrap_or_default();
            self.tree.add_text(self.text, range.start..range.start + written.trim_ascii_end().len(), value)
        };
        self.remember(anchor, id);
        self.put(id);
    }

    pub(super) fn alias(&mut self, anchor: usize, range: Range<usize>) {
        let target = self.anchors.get(&anchor).copied().unwrap_or(NOTHING);
        let id = self.tree.add(Data::Alias(target), range);
        self.put(id);
    }

    pub(super) fn begin_list(&mut self, start: usize, anchor: usize) -> Result<(), TooDeep> {
        self.begin(start, anchor, false)
    }

    pub(super) fn begin_map(&mut self, start: usize, anchor: usize) -> Result<(), TooDeep> {
        self.begin(start, anchor, true)
    }

    fn begin(&mut self, start: usize, anchor: usize, is_map: bool) -> Result<(), TooDeep> {
        if self.open.len() >= DEEPEST {
            let what = format!("maps and lists lie more than {DEEPEST} deep in each other");
            self.faults.push(Fault { kind: FaultKind::TooBig, range: start..start, what });
            return Err(TooDeep);
        }
        let (links, names) = (self.links.len(), self.names.len());
        self.open.push(Open { start, anchor, is_map, links, names, many: HashSet::new() });
        Ok(())
    }

    /// The list or map that was begun last ends before `end`.
    pub(super) fn end(&mut self, end: usize) {
        let Some(open) = self.open.pop() else { return };
        let written = self.text.get(open.start..end).unwrap_or_default();
        let range = open.start..open.start + written.trim_ascii_end().len();
        let id = self.tree.add_run(open.is_map, self.links.get(open.links..).unwrap_or_default(), range);
        self.links.truncate(open.links);
        self.names.truncate(open.names);
        self.remember(open.anchor, id);
        self.put(id);
    }

    fn remember(&mut self, anchor: usize, id: Id) {
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
    }

    fn put(&mut self, id: Id) {
        match self.open.last() {
            None => self.tree.roots.push(id),
            Some(open) => {
                let is_key = open.is_map && (self.links.len() - open.links).is_multiple_of(2);
                self.links.push(id);
                if is_key {
                    self.name(id);
                }
            }
        }
    }

    /// Remembers what a key is called, and tells if its map has it already; only texts are compared.
    fn name(&mut self, id: Id) {
        let Some(range) = self.tree.text_range(id) else { return };
        let Some(name) = self.text.get(range.clone()).map(without_marks) else { return };
        let Some(open) = self.open.last_mut() else { return };
        let own = self.names.get(open.names..).unwrap_or_default();
        if name == "<<" {
            return;
        }
        let is_new = if own.len() < FEW {
            !own.contains(&name)
        } else {
            if open.many.is_empty() {
                open.many.extend(own);
            }
            open.many.insert(name)
        };
        if is_new {
            self.names.push(name);
        } else if self.faults.len() < MOST_FAULTS {
            let what = format!("`{name}` is here twice; the last one counts, or the program refuses the file");
            self.faults.push(Fault { kind: FaultKind::DuplicateKey, range, what });
        }
    }

    pub(super) fn finish(mut self) -> (Tree, Vec<Fault>) {
        while let Some(open) = self.open.last() {
            // A key that lost its value to a syntax error has none.
            if open.is_map && !(self.links.len() - open.links).is_multiple_of(2) {
                let nothing = self.tree.add(Data::Null, self.text.len()..self.text.len());
                self.links.push(nothing);
            }
            self.end(self.text.len());
        }
        (self.tree, self.faults)
    }
}
