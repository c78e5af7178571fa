//! What every format becomes: nodes in one list, each with the bytes it was made from.
//!
//! Values are texts, lists and maps; formats made of lines have lines, which are words and sometimes
//! a block of more lines. A text that stands in the file letter by letter is not copied. An alias
//! points at the node it repeats, and `<<` is merged when somebody asks: nothing is ever expanded.

use super::Document;
use std::ops::Range;

pub(super) type Id = u32;

/// The value of what is not there: no node has this number.
pub(super) const NOTHING: Id = Id::MAX;

/// How many maps one question may look into by way of `<<`.
const MERGES: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) roots: Vec<Id>,
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) data: Data,
    pub(super) start: u32,
    pub(super) end: u32,
}

#[derive(Debug)]
pub(super) enum Data {
    Null,
    Text(Text),
    List(Vec<Id>),
    /// Keys and values in the order of the file; a key may be there twice.
    Map(Vec<(Id, Id)>),
    Alias(Id),
    Line {
        words: Vec<Id>,
        block: Option<Id>,
    },
}

#[derive(Debug)]
pub(super) enum Text {
    /// The bytes of the node, as they are.
    Written,
    /// The bytes of the node without a sign at each end.
    Quoted,
    Made(Box<str>),
}

impl Tree {
    pub(super) fn add(&mut self, data: Data, range: Range<usize>) -> Id {
        let id = Id::try_from(self.nodes.len()).unwrap_or(NOTHING);
        let place = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        self.nodes.push(Node { data, start: place(range.start), end: place(range.end) });
        id
    }

    /// Adds a text, copied only where the file spells it otherwise.
    pub(super) fn add_text(&mut self, source: &str, range: Range<usize>, value: &str) -> Id {
        let written = source.get(range.clone()).unwrap_or_default();
        let text = if written == value {
            Text::Written
        } else if written.len() == value.len() + 2 && written.get(1..written.len() - 1) == Some(value) {
            Text::Quoted
        } else {
            Text::Made(value.into())
        };
        self.add(Data::Text(text), range)
    }

    /// Adds the words as they stand in the source.
    pub(super) fn add_written(&mut self, range: Range<usize>) -> Id {
        self.add(Data::Text(Text::Written), range)
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
        if let Data::Alias(target) = node.data {
            node = self.document.tree.nodes.get(target as usize)?;
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
        let Data::Text(text) = &node.data else { return None };
        let (start, end) = (node.start as usize, node.end as usize);
        match text {
            Text::Written => self.document.text.get(start..end),
            Text::Quoted => self.document.text.get(start + 1..end.saturating_sub(1)),
            Text::Made(text) => Some(text),
        }
    }

    /// The text, unless a template or a variable has a say in it.
    pub fn literal(self) -> Option<&'a str> {
        let text = self.text()?;
        let open = text.contains("{{") || text.contains("${") || text.contains("{%");
        (!open && !self.document.is_templated(&self.range())).then_some(text)
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
        matches!(self.node().map(|node| &node.data), Some(Data::Map(_)))
    }

    pub fn is_list(self) -> bool {
        matches!(self.node().map(|node| &node.data), Some(Data::List(_)))
    }

    /// Nothing was written here: `key:` alone, or an empty text.
    pub fn is_empty(self) -> bool {
        match self.node().map(|node| &node.data) {
            None | Some(Data::Null) => true,
            Some(Data::List(items)) => items.is_empty(),
            Some(Data::Map(entries)) => entries.is_empty(),
            _ => self.text().is_some_and(str::is_empty),
        }
    }

    /// The items of a list; nothing for anything else.
    pub fn items(self) -> impl Iterator<Item = Value<'a>> {
        let items = match self.node().map(|node| &node.data) {
            Some(Data::List(items)) => items.as_slice(),
            _ => &[],
        };
        items.iter().map(move |id| self.at(*id))
    }

    /// The items of a list, or the value itself where one alone may be written.
    pub fn one_or_many(self) -> Vec<Value<'a>> {
        match self.node().map(|node| &node.data) {
            Some(Data::List(_)) => self.items().collect(),
            None | Some(Data::Null) => Vec::new(),
            _ => vec![self],
        }
    }

    fn at(self, id: Id) -> Value<'a> {
        Value { document: self.document, id }
    }

    fn own_entries(self) -> &'a [(Id, Id)] {
        match self.node().map(|node| &node.data) {
            Some(Data::Map(entries)) => entries,
            _ => &[],
        }
    }

    /// Keys and values, what `<<` brings included where the map does not say otherwise.
    pub fn entries(self) -> Vec<(Value<'a>, Value<'a>)> {
        let mut found: Vec<(Value<'a>, Value<'a>)> = Vec::new();
        let mut waiting = vec![self];
        let mut merges = 0;
        while let Some(map) = waiting.pop() {
            let mut merged = Vec::new();
            for (key, value) in map.own_entries() {
                let (key, value) = (map.at(*key), map.at(*value));
                if key.text() == Some("<<") && !key.is_quoted() {
                    merged.extend(value.one_or_many());
                } else if merges == 0 || !found.iter().any(|(known, _)| known.text() == key.text()) {
                    found.push((key, value));
                }
            }
            merges += 1;
            if merges < MERGES {
                merged.reverse();
                waiting.extend(merged);
            }
        }
        found
    }

    /// The key and the value of an entry.
    pub fn entry(self, name: &str) -> Option<(Value<'a>, Value<'a>)> {
        let own = self.own_entries().iter().map(|(key, value)| (self.at(*key), self.at(*value)));
        let mut merges = false;
        for (key, value) in own {
            match key.text() {
                Some(text) if text == name => return Some((key, value)),
                Some("<<") => merges = true,
                _ => {}
            }
        }
        if !merges {
            return None;
        }
        self.entries().into_iter().find(|(key, _)| key.text() == Some(name))
    }

    pub fn get(self, name: &str) -> Option<Value<'a>> {
        self.entry(name).map(|(_, value)| value)
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
        let words = match self.node().map(|node| &node.data) {
            Some(Data::Line { words, .. }) => words.as_slice(),
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
        match self.node().map(|node| &node.data) {
            Some(Data::Line { block: Some(block), .. }) => Some(self.at(*block)),
            _ => None,
        }
    }
}
