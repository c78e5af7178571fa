//! YAML: the events of `saphyr-parser` built into the tree.
//!
//! The parser counts characters and the tree counts bytes; for a text that is all ASCII these are
//! the same, for others a table translates. What was read before a syntax error stays.

mod loose;

use super::tree::{Data, Id, NOTHING, Tree};
use super::{DEEPEST, Fault, FaultKind, MOST_FAULTS};
use loose::{is_loose, joined};
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
    let (tree, mut faults) = match build(text) {
        read if is_loose(&read.1) => joined(text).unwrap_or(read),
        read => read,
    };
    if faults.iter().all(|fault| fault.kind == FaultKind::DuplicateKey) {
        faults.extend(control_character(text));
    }
    (tree, faults)
}

/// How many bytes are looked at in one go.
const BLOCK: usize = 256;

/// The first letter that no reader of YAML takes, in text and comments alike.
fn control_character(text: &str) -> Option<Fault> {
    // Every file is looked at to its end, so bytes are, and many at once. Beyond ASCII only 0xC2 begins such a letter.
    let may_be = |byte: &u8| (*byte < b' ') & !matches!(*byte, b'\t' | b'\n' | b'\r') | matches!(*byte, 0x7f | 0xc2);
    let has_any = |bytes: &[u8]| bytes.iter().fold(false, |any, byte| any | may_be(byte));
    let bytes = text.as_bytes();
    let blocks = (0..bytes.len()).step_by(BLOCK).map(|start| start..bytes.len().min(start + BLOCK));
    let letters = blocks.filter(|block| has_any(&bytes[block.clone()])).flatten().filter(|at| may_be(&bytes[*at]));
    let is_refused = |letter: &char| letter.is_control() && *letter != '\u{85}';
    let (at, letter) =
        letters.filter_map(|at| Some((at, text.get(at..)?.chars().next()?))).find(|(_, letter)| is_refused(letter))?;
    let what = format!("this is not valid YAML: control character U+{:04X} is not allowed", u32::from(letter));
    Some(Fault { kind: FaultKind::Syntax, range: at..at + letter.len_utf8(), what })
}

fn build(text: &str) -> (Tree, Vec<Fault>) {
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

/// As most configuration has it, so that the tree need not grow.
const BYTES_A_NODE: usize = 20;

/// Nothing more may be read.
struct TooDeep;

struct Builder<'a> {
    text: &'a str,
    /// Bytes by characters, where they differ.
    offsets: Option<Vec<u32>>,
    tree: Tree,
    open: Vec<Open<'a>>,
    anchors: HashMap<usize, Id>,
    faults: Vec<Fault>,
}

/// A list or map that is still being filled.
struct Open<'a> {
    start: usize,
    anchor: usize,
    what: Filling<'a>,
}

enum Filling<'a> {
    List(Vec<Id>),
    Map { entries: Vec<(Id, Id)>, key: Option<Id>, seen: Names<'a> },
}

/// The names of a map's keys. Most maps have few, which are compared one by one sooner than hashed.
#[derive(Default)]
struct Names<'a> {
    few: Vec<&'a str>,
    more: HashSet<&'a str>,
}

impl<'a> Names<'a> {
    const FEW: usize = 12;

    /// Whether the name is new.
    fn insert(&mut self, name: &'a str) -> bool {
        if self.few.contains(&name) {
            return false;
        }
        if self.few.len() < Self::FEW {
            self.few.push(name);
            return true;
        }
        self.more.insert(name)
    }
}

impl<'a> Builder<'a> {
    fn new(text: &'a str) -> Builder<'a> {
        let table = || text.char_indices().map(|(offset, _)| u32::try_from(offset).unwrap_or(u32::MAX)).collect();
        Builder {
            text,
            offsets: (!text.is_ascii()).then(table),
            tree: Tree::of_about(text.len() / BYTES_A_NODE),
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
                let what = Filling::Map { entries: Vec::new(), key: None, seen: Names::default() };
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

    fn begin(&mut self, start: usize, anchor: usize, what: Filling<'a>) -> Result<(), TooDeep> {
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
                        && !seen.insert(name)
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
    fn name(&self, id: Id) -> Option<(&'a str, Range<usize>)> {
        let is_key = matches!(self.open.last().map(|open| &open.what), Some(Filling::Map { key: None, .. }));
        let range = self.tree.text_range(id).filter(|_| is_key)?;
        self.text.get(range.clone()).map(|written| (written.trim_matches(['"', '\'']), range))
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

#[cfg(test)]
mod tests {
    use crate::read::{Kind, read};

    fn shell(text: &str) -> Vec<String> {
        let document = read("compose.yaml", text.as_bytes(), Some(Kind::Compose));
        assert_eq!(document.faults, []);
        let items = document.root().path("services.a.command").unwrap().one_or_many();
        for item in &items {
            assert!(text[item.range()].contains(item.text().unwrap().split(' ').next().unwrap()));
        }
        items.iter().map(|item| item.text().unwrap().split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn what_libyaml_lets_pass_is_read() {
        assert_eq!(
            shell("services:\n  a:\n    command: [\n      run, # \u{fc}\n      # b\n      x\n    ]\n"),
            ["run", "x"]
        );
        assert_eq!(shell("services:\n  a:\n    command: [\nrun,\nx\n]\n"), ["run", "x"]);
        assert_eq!(shell("services:\n  a:\n    command: \"run\n    it\n  so\"\n"), ["run it so"]);
    }

    #[test]
    fn quoted_texts_go_over_lines_however_these_are_indented() {
        for text in [
            "a: \"{{ {\n  'x': y,\n}[z] }}\"\nb: c\n",
            "a: '{{ [\"x\"]\n\t  if it''s\n\t  or\n\t  that }}'\nb: c\n",
            "a: \"{{\n\t{\n\t\t'x': y\n\t}[z]\n}}\"\nb: c\n",
            "- a:\n    - \"x\ny\"\n    - b: \"\\\"x\n\"\n",
        ] {
            let document = read("roles/a/defaults/main.yml", text.as_bytes(), None);
            assert_eq!(document.faults, [], "{text}");
        }
    }

    #[test]
    fn flow_lists_may_close_in_the_column_of_their_key() {
        let text = "steps:\n  args: [\n  a,\n  b\n]\n  map: {\n  c: d\n}\nlast: e\n";
        let document = read("cloudbuild.yaml", text.as_bytes(), None);
        assert_eq!(document.faults, []);
        assert_eq!(document.root().get("last").and_then(|value| value.text()), Some("e"));
    }

    #[test]
    fn control_characters_are_refused_as_docker_does() {
        let document = read("compose.yaml", b"services:\n  a:\n    image: \"x\x1b[0m\"\n", None);
        assert_eq!(document.faults.len(), 1);
        assert!(document.faults[0].what.ends_with("U+001B is not allowed"));
        assert_eq!(document.root().path("services.a").unwrap().entries().len(), 1, "the rest is read");
        assert_eq!(read("a.yaml", b"a: \"\\e[0m\"\n", None).faults, [], "an escape is text");
        for (text, is_refused) in [("a: b\u{7f}\n", true), ("# \u{9f}\n", true), ("a: \u{85}b \u{a0}\t\u{bf}\n", false)]
        {
            assert_eq!(!read("a.yaml", text.as_bytes(), None).faults.is_empty(), is_refused, "{text:?}");
        }
    }

    #[test]
    fn a_list_that_is_never_closed_is_still_told() {
        let document = read("compose.yaml", b"services:\n  a:\n    command: [\n    run\n  b: c\n", None);
        assert_eq!(document.faults.len(), 1);
    }
}
