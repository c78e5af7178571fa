//! What every format becomes: nodes in one list, each with the bytes it was made from.
//!
//! Values are texts, lists and maps; formats made of lines have lines, which are words and sometimes
//! a block of more lines. A text that stands in the file letter by letter is not copied. An alias
//! points at the node it repeats, and `<<` is merged when somebody asks: nothing is ever expanded.

use super::Document;
use std::collections::HashSet;
use std::ops::Range;

pub(super) type Id = u32;

/// The value of what is not there: no node has this number.
pub(super) const NOTHING: Id = Id::MAX;

/// How many maps one question may look into by way of `<<`.
const MERGES: usize = 64;

/// All nodes of a file. A node is small, and what it holds lies in `links`: a file of a million commas must fit.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// The items of lists, the keys and values of maps, the words of lines: a run for each node.
    links: Vec<Id>,
    /// Texts that the file spells otherwise.
    made: Vec<Box<str>>,
    pub(super) roots: Vec<Id>,
}

#[derive(Debug, PartialEq, Eq)]
struct Node {
    start: u32,
    end: u32,
    /// Where its run in `links` begins, or which text of `made` or which node it is.
    first: u32,
    /// How many links there are.
    count: u32,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Null,
    /// The bytes of the node, as they are.
    Written,
    /// The bytes of the node without a sign at each end.
    Quoted,
    Made,
    List,
    /// Keys and values in turn, in the order of the file; a key may be there twice.
    Map,
    Alias,
    Line,
    /// The last link is the block.
    LineWithBlock,
}

/// What a reader has read, to be added to the tree.
#[derive(Debug)]
pub(super) enum Data {
    Null,
    List(Vec<Id>),
    Map(Vec<(Id, Id)>),
    Alias(Id),
    Line { words: Vec<Id>, block: Option<Id> },
}

impl Tree {
    /// A tree with room for so many nodes.
    pub(super) fn of_about(nodes: usize) -> Tree {
        Tree { nodes: Vec::with_capacity(nodes), links: Vec::with_capacity(nodes), ..Tree::default() }
    }

    pub(super) fn add(&mut self, data: Data, range: Range<usize>) -> Id {
        let first = place(self.links.len());
        let what = match data {
            Data::Null => What::Null,
            Data::Alias(target) => return self.push(What::Alias, target, 0, range),
            Data::List(items) => {
                self.links.extend(items);
                What::List
            }
            Data::Map(entries) => {
                self.links.extend(entries.into_iter().flat_map(|(key, value)| [key, value]));
                What::Map
            }
            Data::Line { words, block } => {
                self.links.extend(words);
                self.links.extend(block);
                if block.is_some() { What::LineWithBlock } else { What::Line }
            }
        };
        let count = place(self.links.len()) - first;
        self.push(what, first, count, range)
    }

    /// Adds a list of these, or a map of which they are the keys and values in turn.
    pub(super) fn add_run(&mut self, is_map: bool, run: &[Id], range: Range<usize>) -> Id {
        let first = place(self.links.len());
        self.links.extend_from_slice(run);
        self.push(if is_map { What::Map } else { What::List }, first, place(run.len()), range)
    }

    fn push(&mut self, what: What, first: u32, count: u32, range: Range<usize>) -> Id {
        let id = place(self.nodes.len());
        self.nodes.push(Node { start: place(range.start), end: place(range.end), first, count, what });
        id
    }

    /// Adds a text, copied only where the file spells it otherwise.
    pub(super) fn add_text(&mut self, source: &str, range: Range<usize>, value: &str) -> Id {
        let written = source.get(range.clone()).unwrap_or_default();
        // Most are a piece of the source, which need not be compared letter by letter.
        if std::ptr::eq(written, value) || written == value {
            self.push(What::Written, 0, 0, range)
        } else if written.len() == value.len() + 2 && written.get(1..written.len() - 1) == Some(value) {
            self.push(What::Quoted, 0, 0, range)
        } else {
            self.made.push(value.into());
            self.push(What::Made, place(self.made.len() - 1), 0, range)
        }
    }

    /// Adds the words as they stand in the source.
    pub(super) fn add_written(&mut self, range: Range<usize>) -> Id {
        self.push(What::Written, 0, 0, range)
    }

    pub(super) fn ids(&self) -> Range<Id> {
        0..place(self.nodes.len())
    }

    /// Where a text stands; nothing for what is none.
    pub(super) fn text_range(&self, id: Id) -> Option<Range<usize>> {
        let node = self.nodes.get(id as usize)?;
        let is_text = matches!(node.what, What::Written | What::Quoted | What::Made);
        is_text.then_some(node.start as usize..node.end as usize)
    }

    /// Where the nodes stand that aliases repeat, each once, in the order of the file.
    pub(super) fn repeated(&self) -> Vec<Range<usize>> {
        let targets = self.nodes.iter().filter(|node| node.what == What::Alias);
        let targets = targets.filter_map(|alias| self.nodes.get(alias.first as usize));
        let mut found: Vec<Range<usize>> = targets.map(|node| node.start as usize..node.end as usize).collect();
        found.sort_by_key(|range| (range.start, range.end));
        found.dedup();
        found
    }

    /// Lets a node end later: its text goes on.
    pub(super) fn extend_to(&mut self, id: Id, end: usize) {
        if let Some(node) = self.nodes.get_mut(id as usize) {
            node.end = place(end);
        }
    }

    fn links(&self, node: &Node) -> &[Id] {
        let first = node.first as usize;
        self.links.get(first..first + node.count as usize).unwrap_or_default()
    }

    /// Makes sure that every range lies in the text, at the borders of letters.
    pub(super) fn seal(&mut self, text: &str) {
        let fit = |offset: u32| {
            let mut offset = (offset as usize).min(text.len());
            while !text.is_char_boundary(offset) {
                offset -= 1;
            }
            u32::try_from(offset).unwrap_or(0)
        };
        for node in &mut self.nodes {
            node.start = fit(node.start);
            node.end = fit(node.end).max(node.start);
        }
    }
}

fn place(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// A place in a document's tree; copied freely, and there also when there is nothing.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    pub(super) document: &'a Document,
    pub(super) id: Id,
}

impl<'a> Value<'a> {
    pub fn document(self) -> &'a Document {
        self.document
    }

    fn node(self) -> Option<&'a Node> {
        let mut node = self.document.tree.nodes.get(self.id as usize)?;
        // An alias of an alias cannot be written, so one step is enough; a second one is a bug we survive.
        if node.what == What::Alias {
            node = self.document.tree.nodes.get(node.first as usize)?;
        }
        Some(node)
    }

    /// Where it stands; an alias stands where it is used.
    pub fn range(self) -> Range<usize> {
        self.document.tree.nodes.get(self.id as usize).map_or(0..0, |node| node.start as usize..node.end as usize)
    }

    /// The text of a scalar.
    pub fn text(self) -> Option<&'a str> {
        let node = self.node()?;
        let (start, end) = (node.start as usize, node.end as usize);
        match node.what {
            What::Written => self.document.text.get(start..end),
            What::Quoted => self.document.text.get(start + 1..end.saturating_sub(1)),
            What::Made => self.document.tree.made.get(node.first as usize).map(AsRef::as_ref),
            _ => None,
        }
    }

    fn what(self) -> Option<What> {
        self.node().map(|node| node.what)
    }

    fn links(self) -> &'a [Id] {
        self.node().map_or(&[], |node| self.document.tree.links(node))
    }

    /// The text, unless a template or a variable has a say in it.
    pub fn literal(self) -> Option<&'a str> {
        let text = self.text()?;
        // Most texts are a word, for which a search is slower to begin than to look at each letter.
        let is_open = text.as_bytes().windows(2).any(|pair| matches!(pair, b"{{" | b"${" | b"{%"));
        (!is_open && !self.document.is_templated(&self.range())).then_some(text)
    }

    /// The bytes of the file that this was made from.
    pub fn written(self) -> &'a str {
        self.document.text.get(self.range()).unwrap_or_default()
    }

    pub fn is_quoted(self) -> bool {
        self.written().starts_with(['"', '\''])
    }

    /// `true` and `false` in the spellings that YAML programs take.
    pub fn truth(self) -> Option<bool> {
        match self.text()?.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => Some(true),
            "false" | "no" | "off" => Some(false),
            _ => None,
        }
    }

    pub fn is_true(self) -> bool {
        self.truth() == Some(true)
    }

    pub fn number(self) -> Option<f64> {
        self.text()?.trim().parse().ok()
    }

    pub fn is_map(self) -> bool {
        self.what() == Some(What::Map)
    }

    pub fn is_list(self) -> bool {
        self.what() == Some(What::List)
    }

    /// Nothing was written here: `key:` alone, or an empty text.
    pub fn is_empty(self) -> bool {
        match self.what() {
            None | Some(What::Null) => true,
            Some(What::List | What::Map) => self.links().is_empty(),
            _ => self.text().is_some_and(str::is_empty),
        }
    }

    /// The items of a list; nothing for anything else.
    pub fn items(self) -> impl Iterator<Item = Value<'a>> {
        let items = if self.is_list() { self.links() } else { &[] };
        items.iter().map(move |id| self.at(*id))
    }

    /// The items of a list, or the value itself where one alone may be written.
    pub fn one_or_many(self) -> Vec<Value<'a>> {
        match self.what() {
            Some(What::List) => self.items().collect(),
            None | Some(What::Null) => Vec::new(),
            _ => vec![self],
        }
    }

    fn at(self, id: Id) -> Value<'a> {
        Value { document: self.document, id }
    }

    fn own_entries(self) -> impl Iterator<Item = (Value<'a>, Value<'a>)> {
        let links = if self.is_map() { self.links() } else { &[] };
        links.as_chunks::<2>().0.iter().map(move |[key, value]| (self.at(*key), self.at(*value)))
    }

    /// Keys and values, what `<<` brings included where the map does not say otherwise.
    pub fn entries(self) -> Vec<(Value<'a>, Value<'a>)> {
        let mut found = Vec::with_capacity(self.links().len() / 2);
        found.extend(self.own_entries().filter(|(key, _)| !key.is_merge()));
        let mut waiting = self.maps_to_merge();
        let mut known: HashSet<Option<&str>> = HashSet::new();
        if !waiting.is_empty() {
            known.extend(self.own_entries().map(|(key, _)| key.text()));
        }
        for _ in 1..MERGES {
            let Some(map) = waiting.pop() else { break };
            let new = map.own_entries().filter(|(key, _)| !key.is_merge() && !known.contains(&key.text()));
            found.extend(new);
            known.extend(map.own_entries().map(|(key, _)| key.text()));
            waiting.append(&mut map.maps_to_merge());
        }
        found
    }

    /// Whether this is the key that brings other maps in.
    fn is_merge(self) -> bool {
        self.text() == Some("<<") && !self.is_quoted()
    }

    /// The maps that `<<` brings into this one, the first at the end; nearly always none.
    fn maps_to_merge(self) -> Vec<Value<'a>> {
        let merges = self.own_entries().filter(|(key, _)| key.is_merge());
        let mut maps: Vec<Value> = merges.flat_map(|(_, value)| value.one_or_many()).collect();
        maps.reverse();
        maps
    }

    /// The maps that `<<` brings into this one.
    pub fn merged(self) -> impl Iterator<Item = Value<'a>> {
        self.maps_to_merge().into_iter().rev().take(MERGES)
    }

    /// The key and the value of an entry.
    pub fn entry(self, name: &str) -> Option<(Value<'a>, Value<'a>)> {
        let mut has_merges = false;
        for (key, value) in self.own_entries() {
            match key.text() {
                Some("<<") if !key.is_quoted() => has_merges = true,
                Some(text) if text == name => return Some((key, value)),
                _ => {}
            }
        }
        // Nothing is collected for a question that one map answers.
        if has_merges { self.merged_entry(name) } else { None }
    }

    /// An entry that `<<` brings in, in the order of `entries`.
    fn merged_entry(self, name: &str) -> Option<(Value<'a>, Value<'a>)> {
        let mut waiting = self.maps_to_merge();
        for _ in 1..MERGES {
            let map = waiting.pop()?;
            let found = map.own_entries().find(|(key, _)| key.text() == Some(name) && !key.is_merge());
            if found.is_some() {
                return found;
            }
            waiting.append(&mut map.maps_to_merge());
        }
        None
    }

    pub fn get(self, name: &str) -> Option<Value<'a>> {
        self.entry(name).map(|(_, value)| value)
    }

    /// The same where the program does not ask how a key is written; such formats have no merges.
    pub fn entry_in_any_case(self, name: &str) -> Option<(Value<'a>, Value<'a>)> {
        self.own_entries().find(|(key, _)| key.text().is_some_and(|text| text.eq_ignore_ascii_case(name)))
    }

    pub fn get_in_any_case(self, name: &str) -> Option<Value<'a>> {
        self.entry_in_any_case(name).map(|(_, value)| value)
    }

    /// Follows keys: `limits_config.retention_period`.
    pub fn path(self, path: &str) -> Option<Value<'a>> {
        path.split('.').try_fold(self, |value, key| value.get(key))
    }

    /// The lines of a format that is made of lines.
    pub fn lines(self) -> impl Iterator<Item = Value<'a>> {
        self.items()
    }

    /// The words of a line, its name first.
    pub fn words(self) -> impl Iterator<Item = Value<'a>> {
        let words = match (self.what(), self.links()) {
            (Some(What::Line), words) => words,
            (Some(What::LineWithBlock), [words @ .., _]) => words,
            _ => &[],
        };
        words.iter().map(move |id| self.at(*id))
    }

    /// One word of a line.
    pub fn word(self, position: usize) -> Option<Value<'a>> {
        self.words().nth(position)
    }

    /// The text of one word of a line.
    pub fn word_text(self, position: usize) -> &'a str {
        self.word(position).and_then(Value::text).unwrap_or_default()
    }

    /// The lines between a line's braces.
    pub fn block(self) -> Option<Value<'a>> {
        match (self.what(), self.links()) {
            (Some(What::LineWithBlock), [.., block]) => Some(self.at(*block)),
            _ => None,
        }
    }
}
