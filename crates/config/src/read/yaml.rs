//! YAML, read by the first that can: `straight` takes what nearly every file is made of, in one pass; `library` takes YAML of
//! any form, and says where a text is none; `loose` takes what the letter of YAML forbids and programs do not mind.

mod build;
mod library;
mod loose;
mod straight;

use super::encoding::blocks_with;
use super::tree::Tree;
use super::{Fault, FaultKind};
use loose::{is_loose, joined};

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

/// The first letter that no reader of YAML takes, in text and comments alike.
fn control_character(text: &str) -> Option<Fault> {
    // Beyond ASCII only 0xC2 begins such a letter.
    let may_be = |byte: u8| (byte < b' ') & !matches!(byte, b'\t' | b'\n' | b'\r') | matches!(byte, 0x7f | 0xc2);
    let bytes = text.as_bytes();
    let letters = blocks_with(bytes, may_be).flatten().filter(|at| may_be(bytes[*at]));
    let is_refused = |letter: &char| letter.is_control() && *letter != '\u{85}';
    let (at, letter) =
        letters.filter_map(|at| Some((at, text.get(at..)?.chars().next()?))).find(|(_, letter)| is_refused(letter))?;
    let what = format!("this is not valid YAML: control character U+{:04X} is not allowed", u32::from(letter));
    Some(Fault { kind: FaultKind::Syntax, range: at..at + letter.len_utf8(), what })
}

fn build(text: &str) -> (Tree, Vec<Fault>) {
    match straight::read(text) {
        Some(read) => {
            debug_assert!(read == library::read(text), "the library reads this otherwise: {text:?}");
            read
        }
        None => library::read(text),
    }
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
    if text.len() <= LONG || is_sparse(text) {
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

/// Whether a text has too few signs to be dense, wherever they stand: nearly all have, and are not gone over byte by byte.
fn is_sparse(text: &str) -> bool {
    let is_sign = |byte: &u8| u8::from(matches!(*byte, b'[' | b']' | b'{' | b'}' | b',' | b':'));
    // So few at once that a byte can count them.
    let signs = text.as_bytes().chunks(255).map(|block| usize::from(block.iter().map(is_sign).sum::<u8>()));
    signs.sum::<usize>() * 6 <= text.len()
}

#[cfg(test)]
mod tests {
    use super::{library, straight};
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
    fn thousands_of_quoted_texts_go_over_lines_in_the_column_of_their_key() {
        let one = |number: usize| {
            format!("  - a{number}: 'it''s: one\n    two'\n    b: \"x\n      y\"\n    c: |\n      z: 'w\n")
        };
        let text = format!("all:\n{}", (0..5_000).map(one).collect::<String>());
        let document = read("crd.yaml", text.as_bytes(), None);
        assert_eq!(document.faults, []);
        let items: Vec<_> = document.root().get("all").unwrap().items().collect();
        assert_eq!(items.len(), 5_000);
        for (number, item) in items.iter().enumerate() {
            let text = item.get(&format!("a{number}")).and_then(|value| value.text()).unwrap();
            assert_eq!(text.split_whitespace().collect::<Vec<_>>(), ["it's:", "one", "two"]);
            assert_eq!(item.get("b").and_then(|value| value.text()), Some("x y"));
        }
    }

    #[test]
    fn a_file_with_more_such_lines_than_are_read_anew_is_not_said_to_be_wrong() {
        let text = format!("a:\n{}", "  - b: [\n  x\n]\n".repeat(60_000));
        let document = read("a.yaml", text.as_bytes(), None);
        assert!(document.is_partial);
        assert_eq!(document.faults.iter().map(|fault| fault.kind).collect::<Vec<_>>(), [super::FaultKind::TooBig]);
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

    #[test]
    fn what_stands_behind_a_quotation_mark_or_a_bracket_is_not_the_values() {
        for text in ["a: \"b\" # c\n", "a: 'b'  # it's \"c\"\n", "a: !x \"b\" # c\n"] {
            let document = read("a.yaml", text.as_bytes(), None);
            let value = document.root().get("a").unwrap();
            assert_eq!(value.written().trim_start_matches("!x ").trim_matches(['"', '\'']), "b", "{text}");
        }
        for text in ["a: [b, c] # d\n", "a: [b, # d\n  c\n  ,] # e\n", "a: !x [b, c] # d\n"] {
            let document = read("a.yaml", text.as_bytes(), None);
            assert!(document.root().get("a").unwrap().written().ends_with(']'), "{text}");
        }
    }

    /// Pieces of which texts are made that have a bit of everything.
    const PIECES: [&str; 46] = [
        "\n",
        "\n",
        "\n",
        "\n  ",
        "\n  ",
        "\n    ",
        "\n- ",
        "\n  - ",
        "\n\n",
        " ",
        "  ",
        "\t",
        "- ",
        "a",
        "b",
        "key",
        "key: ",
        "key: ",
        "key:",
        "\nkey: ",
        "\n  key: ",
        ":",
        ": ",
        "#",
        " # c",
        "\"",
        "'",
        "''",
        "\\n",
        "\\",
        "|",
        "|-",
        "|\n    ",
        ">",
        ">+\n  ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "&x ",
        "*x",
        "---\n",
        "\u{fc}",
        "{{ c }}",
        "? ",
    ];

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(50_000))]

        #[test]
        fn both_readers_read_the_same(pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..24)) {
            let text = pieces.concat();
            if let Some(read) = straight::read(&text) {
                proptest::prop_assert_eq!(read, library::read(&text), "{:?}", text);
            }
        }
    }
}
