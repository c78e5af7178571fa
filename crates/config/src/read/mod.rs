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
pub mod published;
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
    /// The reader stopped before the end, told or not: what seems to be missing may well be there.
    pub is_partial: bool,
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
    let path = path.to_owned();
    if bytes.len() > LARGEST {
        let what = format!("the file has more than {LARGEST} bytes, which is as many as piton reads");
        let fault = Fault { kind: FaultKind::TooBig, range: 0..0, what };
        return Document::empty(path, kind.unwrap_or(Kind::Other), fault);
    }
    let decoded = encoding::decode(bytes);
    let named = kind.unwrap_or_else(|| kind::by_name(&path, encoding::without_mark(&decoded.text)));
    let mut document = Document {
        path,
        kind: named,
        line_ends: decoded.line_ends,
        faults: decoded.fault.into_iter().collect(),
        templated: Vec::new(),
        is_partial: false,
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

fn is_broken(faults: &[Fault]) -> bool {
    faults.iter().any(|fault| fault.kind == FaultKind::Syntax)
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
            is_partial: true,
            tree: Tree::default(),
        }
    }

    fn parse(&mut self) {
        let syntax = self.kind.syntax();
        let (mut tree, mut faults) = match template::is_template(&self.path, &self.text, syntax) {
            true => self.parse_masked(syntax),
            false => self.parse_plain(syntax),
        };
        if is_broken(&faults) && self.templated.is_empty() {
            let is_known = template::is_filled_in(&self.path, &self.text);
            let masked = (is_known || template::has_actions(&self.path, &self.text)).then(|| self.parse_masked(syntax));
            match masked {
                // Braces in a value may be anybody's; where they were not what is wrong, the fault stays.
                Some(masked) if is_known || !is_broken(&masked.1) => (tree, faults) = masked,
                _ => self.templated.clear(),
            }
            self.is_partial = is_broken(&faults);
            let is_data = matches!(syntax, Syntax::Yaml | Syntax::Json | Syntax::Toml);
            let mut stops = faults.iter().filter(|fault| fault.kind == FaultKind::Syntax);
            if is_known || is_data && stops.any(|fault| template::is_hole(&self.text, fault.range.start)) {
                faults.retain(|fault| fault.kind == FaultKind::TooBig);
            }
        }
        self.is_partial |= is_broken(&faults) || faults.iter().any(|fault| fault.kind == FaultKind::TooBig);
        // What stands in the gaps of a template is not this grammar's business.
        if !self.templated.is_empty() || template::is_named(&self.path) {
            faults.retain(|fault| fault.kind == FaultKind::TooBig);
        }
        faults.extend(encoding::refused_mark(self.kind, &self.text));
        tree.seal(&self.text);
        self.tree = tree;
        self.faults.append(&mut faults);
    }

    /// A mark before the first word is none of it, whatever the program makes of it.
    fn parse_plain(&self, syntax: Syntax) -> (Tree, Vec<Fault>) {
        let is_own = matches!(syntax, Syntax::Yaml | Syntax::Json | Syntax::Toml);
        match self.text.strip_prefix(encoding::MARK) {
            Some(rest) if !is_own => parse(syntax, &format!("   {rest}")),
            _ => parse(syntax, &self.text),
        }
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

    /// Where the values stand that aliases and `<<` repeat elsewhere: whoever edits one edits all of these places.
    pub fn repeated(&self) -> Vec<Range<usize>> {
        self.tree.repeated()
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

    /// Whether it is encrypted, so that nobody knows here what is in it.
    pub fn is_sealed(&self) -> bool {
        template::is_sealed(&self.text)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(path: &str, text: &str) -> usize {
        read(path, text.as_bytes(), None).faults.len()
    }

    #[test]
    fn templates_are_no_broken_files() {
        for (path, text) in [
            (
                "chart/templates/a.yaml",
                "{{- if eq .Values.a \"yes\" }}\nkind: A\n  {{- with .b }}\n  c: {{ . }}\n  {{- end }}\n{{- end }}\n",
            ),
            ("roles/a/templates/docker-compose.yml", "services:\n  a:\n    volumes:\n      - {{ folder }}:/data\n"),
            (
                "roles/a/templates/Caddyfile",
                "{% for site in sites %}\n{{ site }} {\n{% if a %}\n  b {\n{% else %}\n  c {\n{% endif %}\n  }\n}\n{% endfor %}\n",
            ),
            ("traefik/dynamic/a.yml", "http:\n  key: \"{{ env \"KEY\" }}\"\n"),
            ("a/zot.json.tpl", "{ \"a\": [1]%{ if auth ~}, \"b\": 2%{ endif ~} }"),
            ("a/config.yml", "a: 'x<%= v 'a.b' %>'\n"),
            ("a/secret.json", "$ANSIBLE_VAULT;1.1;AES256\n3162\n"),
            ("a/key.sops.toml", "{ \"data\": \"ENC[AES256_GCM,data:x,type:str]\", \"sops\": {} }\n"),
            ("traefik/rules/a.yml.example", "http:\n  rule: \"Host(`a.{{env \"NAME\"}}`)\"\n"),
            ("traefik/acme.json", ""),
            (".env", "NAME: value\nOTHER=1\n"),
        ] {
            assert_eq!(faults(path, text), 0, "{path}");
        }
        assert_eq!(faults("alertmanager.yml", "a: 'b'c\nd: \"{{ .Labels.e }}\"\n"), 1, "not the braces are wrong");
        assert_eq!(faults("roles/a/templates/b.yml", "a: 'b'c\n"), 1, "nobody fills it in");
    }

    #[test]
    fn what_was_not_read_to_its_end_is_partial() {
        assert!(read("a.yaml", b"a: b\nc: [\n", None).is_partial);
        assert!(!read("a.yaml", b"a: b\na: c\n", None).is_partial);
        assert!(read("a.yaml.j2", b"a: b\n  {{ c }}: [\n", None).is_partial);
    }

    #[test]
    fn a_mark_before_the_first_word_is_told_where_it_is_refused_and_the_word_is_read() {
        let document = read("sshd_config", "\u{feff}UsePAM no\n".as_bytes(), None);
        assert_eq!(document.root().lines().next().unwrap().word_text(0), "UsePAM");
        let [fault] = document.faults.as_slice() else { panic!("one fault, not {:?}", document.faults) };
        assert_eq!(fault.range, 0..3);
        let compose = read("compose.yaml", "\u{feff}services:\n  a:\n    image: b\n".as_bytes(), None);
        assert_eq!(compose.faults, []);
        assert!(compose.root().get("services").is_some());
        let env = read(".env", "\u{feff}A=b\n".as_bytes(), None);
        assert_eq!(env.root().get("A").and_then(|value| value.text()), Some("b"));
    }

    #[test]
    fn names_that_only_begin_like_a_kind_are_another() {
        let kind = |path: &str| read(path, b"", None).kind;
        assert_eq!(kind("docs/dockerfile-best-practices.md"), Kind::Markdown);
        assert_eq!(kind("kafka/.env.patch"), Kind::Other);
        assert_eq!(kind(".github/workflows/ansible-lint.yml"), Kind::Workflow);
        assert_eq!(kind(".envrc"), Kind::Shell);
        assert_eq!(kind("Dockerfile-dev"), Kind::Dockerfile);
        assert_ne!(kind("fail2ban/action.d/ufw.conf"), Kind::UfwDefaults);
        assert_ne!(kind("fluent-bit/parsers/ufw.conf"), Kind::UfwDefaults);
        assert_eq!(kind("etc/ufw/ufw.conf"), Kind::UfwDefaults);
    }
}
