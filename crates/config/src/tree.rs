//! TOML as a tree of our own in which every key and value knows where it came from.
//!
//! The user's file and piton's own layers are read by this one reader; only the [`Origin`] that
//! is put on the values differs. `shape.rs` checks the tree, `layers.rs` stacks several of them.

use crate::{Origin, Problem, Span};
use std::ops::Range;
use toml_edit::{Document, Item, Key, TableLike, Value};

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) data: Data,
    pub(crate) origin: Origin,
}

#[derive(Clone, Debug)]
pub(crate) enum Data {
    Text(String),
    Integer(i64),
    Float(f64),
    Bool(bool),
    Date,
    List(Vec<Node>),
    Table(Table),
    /// Was reported as a mistake; reads as if it were not there, but is not missing.
    Broken,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_origin: Origin,
    pub(crate) node: Node,
}

impl Node {
    pub(crate) fn table(&self) -> Option<&Table> {
        match &self.data {
            Data::Table(table) => Some(table),
            _ => None,
        }
    }

    pub(crate) fn list(&self) -> &[Node] {
        match &self.data {
            Data::List(nodes) => nodes,
            _ => &[],
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Gives the place of a word within a text, where the text stands in the file letter by letter.
    pub(crate) fn part(&self, word: &str) -> Origin {
        let (Some(text), Origin::Written(span)) = (self.text(), &self.origin) else { return self.origin.clone() };
        let Some(offset) = text.find(word).filter(|_| span.range.len() == text.len() + 2) else {
            return self.origin.clone();
        };
        let start = span.range.start + 1 + offset;
        Origin::Written(Span { file: span.file.clone(), range: start..start + word.len() })
    }

    /// Names the value's type as the user would.
    pub(crate) fn type_name(&self) -> &'static str {
        match &self.data {
            Data::Text(_) => "text",
            Data::Integer(_) => "a number",
            Data::Float(_) => "a number with a fraction",
            Data::Bool(_) => "true or false",
            Data::Date => "a date",
            Data::List(_) => "a list",
            Data::Table(_) => "a table",
            Data::Broken => "not readable",
        }
    }
}

impl Table {
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node).filter(|node| !matches!(node.data, Data::Broken))
    }

    pub(crate) fn table(&self, key: &str) -> Option<&Table> {
        self.get(key).and_then(Node::table)
    }
}

/// Reads the user's text; a syntax error is one problem with its place.
pub(crate) fn read_written(text: &str, file: &str) -> Result<Table, Box<Problem>> {
    let reader = Reader { file: Some(file), otherwise: Origin::Default };
    let document = Document::parse(text).map_err(|error| Box::new(reader.syntax_problem(&error)))?;
    Ok(reader.table(document.as_table()))
}

/// Reads one of piton's own layers, whose text is embedded and tested.
pub(crate) fn read_embedded(text: &str, origin: Origin) -> Table {
    let reader = Reader { file: None, otherwise: origin };
    Document::parse(text).map(|document| reader.table(document.as_table())).unwrap_or_default()
}

struct Reader<'a> {
    /// None: not the user's.
    file: Option<&'a str>,
    otherwise: Origin,
}

impl Reader<'_> {
    fn origin(&self, range: Option<Range<usize>>) -> Origin {
        match self.file {
            Some(file) => Origin::Written(Span { file: file.to_owned(), range: range.unwrap_or(0..0) }),
            None => self.otherwise.clone(),
        }
    }

    fn table(&self, table: &dyn TableLike) -> Table {
        let entries = table.iter().filter_map(|(name, _)| {
            let (key, item) = table.get_key_value(name)?;
            self.entry(key, item)
        });
        Table { entries: entries.collect() }
    }

    fn entry(&self, key: &Key, item: &Item) -> Option<Entry> {
        let key_origin = self.origin(key.span());
        let node = match item {
            Item::None => return None,
            Item::Value(value) => self.value(value),
            // A table's own span is its header or all its lines; its name is what is worth showing.
            Item::Table(table) => Node { data: Data::Table(self.table(table)), origin: key_origin.clone() },
            Item::ArrayOfTables(tables) => {
                let nodes = tables
                    .iter()
                    .map(|table| Node { data: Data::Table(self.table(table)), origin: self.origin(table.span()) });
                Node { data: Data::List(nodes.collect()), origin: key_origin.clone() }
            }
        };
        Some(Entry { key: key.get().to_owned(), key_origin, node })
    }

    fn value(&self, value: &Value) -> Node {
        let data = match value {
            Value::String(text) => Data::Text(text.value().clone()),
            Value::Integer(number) => Data::Integer(*number.value()),
            Value::Float(number) => Data::Float(*number.value()),
            Value::Boolean(truth) => Data::Bool(*truth.value()),
            Value::Datetime(_) => Data::Date,
            Value::Array(array) => Data::List(array.iter().map(|element| self.value(element)).collect()),
            Value::InlineTable(table) => Data::Table(self.table(table)),
        };
        Node { data, origin: self.origin(value.span()) }
    }

    fn syntax_problem(&self, error: &toml_edit::TomlError) -> Problem {
        let mut sentence = error.message().lines();
        let what = sentence.next().unwrap_or("this is not TOML").trim().trim_end_matches('.').to_owned();
        let problem = Problem::new("site/syntax", format!("the file is not valid TOML: {what}"))
            .at(&self.origin(error.span()), "here")
            .help("text values stand in quotes, lists in [ ], and each key has one `=`");
        sentence.map(str::trim).filter(|line| !line.is_empty()).fold(problem, |problem, line| problem.note(line))
    }
}
