//! Any config file that piton knows, read into one tree in which every value knows its bytes.
//!
//! Bytes go in, a [`Document`] comes out, always: what cannot be read is a [`Fault`] beside
//! whatever could. `kind.rs` says what a file is (by name, then by content), `tree.rs` is what
//! every format becomes, and each format has one file. Nothing here knows a rule, and nothing is
//! expanded: aliases and merges stay references, so that a small file stays small in memory.

mod block;
mod comment;
mod docker;
mod encoding;
mod env;
mod json;
mod kind;
mod line;
mod section;
mod template;
mod toml;
mod tree;
mod yaml;

pub use encoding::LineEnds;
pub use kind::{Kind, Syntax};
pub use tree::Value;

use std::ops::Range;
use tree::Tree;

/// One file as read: its text, its tree, and what could not be read.
#[derive(Debug)]
pub struct Document {
    /// As the caller named it, with `/` between folders.
    pub path: String,
    pub kind: Kind,
    /// The text; bytes that are no UTF-8 are replaced, and there is a fault for the first one.
    pub text: String,
    pub line_ends: LineEnds,
    pub faults: Vec<Fault>,
    /// Where a template's own words stood before they were masked, in order.
    pub templated: Vec<Range<usize>>,
    tree: Tree,
}

/// Something that a reader stumbled over; it went on behind it where it could.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub kind: FaultKind,
    pub range: Range<usize>,
    pub what: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The file does not follow its own grammar.
    Syntax,
    /// A key that its map has already; the tree keeps both.
    DuplicateKey,
    /// A byte that is no UTF-8.
    Encoding,
    /// Larger or deeper than piton reads.
    TooBig,
}

/// Files above this are not read: no configuration written by people comes near.
pub const LARGEST: usize = 8 << 20;

/// How many faults of one file are told: who mends these will look again.
const MOST_FAULTS: usize = 100;

/// How deep maps and lists may lie in each other.
const DEEPEST: usize = 128;

/// Reads a file; its kind is found out, unless the caller knows better.
pub fn read(path: &str, bytes: &[u8], kind: Option<Kind>) -> Document {
    let path = path.replace('\\', "/");
    if bytes.len() > LARGEST {
        let what = format!("the file has more than {LARGEST} bytes, which is as many as piton reads");
        let fault = Fault { kind: FaultKind::TooBig, range: 0..0, what };
        return Document::empty(path, kind.unwrap_or(Kind::Other), fault);
    }
    let decoded = encoding::decode(bytes);
    let named = kind.unwrap_or_else(|| kind::by_name(&path, &decoded.text));
    let mut document = Document {
        path,
        kind: named,
        line_ends: decoded.line_ends,
        faults: decoded.fault.into_iter().collect(),
        templated: Vec::new(),
        tree: Tree::default(),
        text: decoded.text,
    };
    document.parse();
    if kind.is_none() {
        document.kind = kind::by_content(&document);
    }
    document
}

fn parse(syntax: Syntax, text: &str) -> (Tree, Vec<Fault>) {
    match syntax {
        Syntax::Yaml => yaml::read(text),
        Syntax::FrontMatter => yaml::read_front_matter(text),
        Syntax::Json => json::read(text),
        Syntax::Toml => toml::read(text),
        Syntax::Env => env::read(text),
        Syntax::Sections => section::read(text),
        Syntax::Lines => line::read(text),
        Syntax::Docker => docker::read(text),
        Syntax::Blocks => block::read(text),
        Syntax::Opaque => (Tree::default(), Vec::new()),
    }
}

impl Document {
    fn empty(path: String, kind: Kind, fault: Fault) -> Document {
        Document {
            path,
            kind,
            text: String::new(),
            line_ends: LineEnds::Unix,
            faults: vec![fault],
            templated: Vec::new(),
            tree: Tree::default(),
        }
    }

    fn parse(&mut self) {
        let syntax = self.kind.syntax();
        let is_syntax = |fault: &Fault| matches!(fault.kind, FaultKind::Syntax | FaultKind::DuplicateKey);
        let is_data = matches!(syntax, Syntax::Yaml | Syntax::Json | Syntax::Toml);
        let (mut tree, mut faults) = if template::is_template(&self.path, &self.text, syntax) {
            self.parse_masked(syntax)
        } else {
            parse(syntax, &self.text)
        };
        let fault = || faults.iter().find(|fault| fault.kind == FaultKind::Syntax).map(|fault| fault.range.start);
        if is_data && self.templated.is_empty() && fault().is_some() && template::has_actions(&self.path, &self.text) {
            (tree, faults) = self.parse_masked(syntax);
        }
        let fault = || faults.iter().find(|fault| fault.kind == FaultKind::Syntax).map(|fault| fault.range.start);
        // What stands in the gaps of a template is not this grammar's business.
        let is_template = !self.templated.is_empty() || template::is_named(&self.path);
        if is_template || is_data && fault().is_some_and(|at| template::is_hole(&self.text, at)) {
            faults.retain(|fault| !is_syntax(fault));
        }
        tree.seal(&self.text);
        self.tree = tree;
        self.faults.append(&mut faults);
    }

    fn parse_masked(&mut self, syntax: Syntax) -> (Tree, Vec<Fault>) {
        let (masked, templated) = template::mask(&self.text);
        self.templated = templated;
        parse(syntax, &masked)
    }

    /// The first document of the file: nearly always the only one.
    pub fn root(&self) -> Value<'_> {
        self.roots().next().unwrap_or(Value { document: self, id: tree::NOTHING })
    }

    /// Every YAML document of the file.
    pub fn roots(&self) -> impl Iterator<Item = Value<'_>> {
        self.tree.roots.iter().map(|id| Value { document: self, id: *id })
    }

    /// Every text of the tree once, in the order in which the reader met them; aliases are not followed.
    pub fn texts(&self) -> impl Iterator<Item = Value<'_>> {
        self.tree.ids().map(|id| Value { document: self, id }).filter(|value| value.text().is_some())
    }

    /// Every map of the tree once.
    pub fn maps(&self) -> impl Iterator<Item = Value<'_>> {
        self.tree.ids().map(|id| Value { document: self, id }).filter(|value| value.is_map())
    }

    /// The places of all comments, each from its sign to the end of its line.
    pub fn comments(&self) -> Vec<Range<usize>> {
        comment::find(self)
    }

    /// Whether a template has a say in these bytes.
    pub fn is_templated(&self, range: &Range<usize>) -> bool {
        let next = self.templated.partition_point(|hole| hole.end <= range.start);
        self.templated.get(next).is_some_and(|hole| hole.start < range.end)
    }

    /// The folder that the file lies in, without a slash at its end; empty for the top.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    pub fn file_name(&self) -> &str {
        self.path.rsplit_once('/').map_or(&self.path, |(_, name)| name)
    }

    /// The lines of the text with the range of each, without their ends.
    pub fn lines(&self) -> impl Iterator<Item = (Range<usize>, &str)> {
        let mut start = 0;
        self.text.split_inclusive('\n').map(move |whole| {
            let line = whole.trim_end_matches(['\n', '\r']);
            let range = start..start + line.len();
            start += whole.len();
            (range, line)
        })
    }
}
