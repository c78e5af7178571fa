//! Turns `families/*.toml` into one text and the places in it, so that a judging process parses none of them.
//!
//! A table of references would do as well, but each of its 8,000 would have to be set at every start of piton, whether
//! anything is judged or not: the program does not know beforehand where in memory it will lie.
//!
//! A mistake in a data file stops the build with the file and what is wrong. The families' own tests
//! (`[tests]`) are read by `tests/families.rs`, not here.

#![allow(clippy::expect_used, reason = "a mistake in a data file is to stop the build, with its place")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};
use toml_edit::{DocumentMut, Item, Table, Value};

/// As `src/families.rs` takes them apart.
const LINE: &str = "\n";
const CELL: &str = "\t";

fn main() {
    println!("cargo::rerun-if-changed=families");
    let mut programs: Vec<(String, String)> = Vec::new();
    let mut families: Vec<_> = fs::read_dir("families")
        .expect("the folder of families")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    families.sort();
    for path in &families {
        read(path, &mut programs);
    }
    programs.sort();
    let mut text = String::new();
    let mut bodies = BTreeMap::new();
    let mut places = String::from("static PLACES: &[[Range; 2]] = &[\n");
    for (index, (name, body)) in programs.iter().enumerate() {
        let twice = index > 0 && programs[index - 1].0 == *name;
        assert!(!twice, "`{name}` stands in two families");
        let name = add(&mut text, name);
        let body = bodies.entry(body).or_insert_with(|| add(&mut text, body));
        writeln!(places, "[{name}, {body}],").expect("a string takes text");
    }
    places.push_str("];\n");
    let folder = env::var_os("OUT_DIR").expect("cargo's folder");
    fs::write(Path::new(&folder).join("programs.txt"), text).expect("cargo's folder can be written");
    fs::write(Path::new(&folder).join("places.rs"), places).expect("cargo's folder can be written");
}

/// Adds a piece to the text, and gives its place.
fn add(text: &mut String, piece: &str) -> String {
    let start = text.len();
    text.push_str(piece);
    format!("({start}, {})", text.len())
}

fn read(path: &Path, programs: &mut Vec<(String, String)>) {
    let file = path.display();
    let text = fs::read_to_string(path).expect("a readable family");
    let document: DocumentMut = text.parse().unwrap_or_else(|error| panic!("{file}: {error}"));
    let family = path.file_stem().and_then(|stem| stem.to_str()).expect("a family's name");
    assert!(document.get("about").is_some_and(Item::is_str), "{file}: `about` says what the family is");
    assert!(document.get("tests").is_some_and(Item::is_table), "{file}: `[tests]` is missing");
    let Some(Item::Table(all)) = document.get("program") else { panic!("{file}: no [program.NAME]") };
    for (key, item) in all {
        let table = item.as_table().unwrap_or_else(|| panic!("{file}: [program.{key}] is no table"));
        for known in table.iter().map(|(key, _)| key) {
            let keys = ["also", "values", "style", "rules", "files", "otherwise"];
            assert!(keys.contains(&known), "{file}: `{known}` in [program.{key}] is not one of {keys:?}");
        }
        let body = program(family, table, &format!("{file}: [program.{key}]"));
        let also = strings(table.get("also"), &format!("{file}: [program.{key}]"));
        for name in std::iter::once(key.to_owned()).chain(also) {
            programs.push((name, body.clone()));
        }
    }
}

fn program(family: &str, table: &Table, at: &str) -> String {
    let style = table.get("style").and_then(Item::as_str).unwrap_or("getopt");
    let is_known = matches!(style, "getopt" | "words" | "abbreviates");
    assert!(is_known, "{at}: style `{style}` is not getopt, words or abbreviates");
    let otherwise = table.get("otherwise").and_then(Item::as_str).unwrap_or("allow");
    let rows = |key: &str| -> Vec<Vec<String>> {
        let Some(item) = table.get(key) else { return Vec::new() };
        let array = item.as_array().unwrap_or_else(|| panic!("{at}: `{key}` is no list"));
        array.iter().map(|row| row_of(row, at)).collect()
    };
    let mut lines = vec![family.to_owned(), style.to_owned(), otherwise.to_owned()];
    lines.push(strings(table.get("values"), at).join(CELL));
    for row in rows("files") {
        assert!(row.len() == 2, "{at}: files are [pattern, access], not {row:?}");
        lines.push(row.join(CELL));
    }
    for mut row in rows("rules") {
        assert!(matches!(row.len(), 2..=4), "{at}: a rule is [pattern, outcome, why?, instead?], not {row:?}");
        row.resize(4, String::new());
        lines.push(row.join(CELL));
    }
    let text = lines.join(LINE);
    assert!(!lines.iter().any(|line| line.contains(LINE)), "{at}: a text is more than one line");
    text
}

fn row_of(row: &Value, at: &str) -> Vec<String> {
    let array = row.as_array().unwrap_or_else(|| panic!("{at}: {row} is no list"));
    array.iter().map(|cell| cell.as_str().unwrap_or_else(|| panic!("{at}: {cell} is no text")).to_owned()).collect()
}

/// A list of texts; one text may hold several words.
fn strings(item: Option<&Item>, at: &str) -> Vec<String> {
    let Some(item) = item else { return Vec::new() };
    match (item.as_array(), item.as_str()) {
        (_, Some(text)) => text.split_whitespace().map(str::to_owned).collect(),
        (Some(array), _) => array
            .iter()
            .map(|cell| cell.as_str().unwrap_or_else(|| panic!("{at}: {cell} is no text")).to_owned())
            .collect(),
        _ => panic!("{at}: neither a text nor a list"),
    }
}
