//! TOML by `toml_edit`, as site.toml is read too; here for files that are checked or carry data.

use super::tree::{Data, Id, Tree};
use super::{Fault, FaultKind};
use toml_edit::{Array, Document, Item, TableLike, Value};

/// `toml_edit` keeps much for each byte, and what is written by hand is short.
const LONGEST: usize = 48 << 10;

pub(super) fn read(text: &str) -> (Tree, Vec<Fault>) {
    let mut tree = Tree::default();
    let mut faults = Vec::new();
    if text.len() > LONGEST {
        let what = format!("piton reads TOML of up to {LONGEST} bytes");
        return (tree, vec![Fault { kind: FaultKind::TooBig, range: 0..0, what }]);
    }
    match Document::parse(text) {
        Ok(document) => {
            let root = table(&mut tree, text, document.as_table());
            tree.roots.push(root);
        }
        Err(error) => {
            let range = error.span().unwrap_or(0..0);
            let what = format!("this is not valid TOML: {}", error.message().lines().next().unwrap_or_default());
            faults.push(Fault { kind: FaultKind::Syntax, range, what });
        }
    }
    (tree, faults)
}

fn table(tree: &mut Tree, text: &str, table: &dyn TableLike) -> Id {
    let mut entries = Vec::new();
    for (name, item) in table.iter() {
        let range = table.get_key_value(name).and_then(|(key, _)| key.span()).unwrap_or(0..0);
        let key = tree.add_text(text, range.clone(), name);
        let value = match item {
            Item::None => continue,
            Item::Value(found) => value(tree, text, found),
            Item::Table(found) => self::table(tree, text, found),
            Item::ArrayOfTables(found) => {
                let items = found.iter().map(|found| self::table(tree, text, found)).collect();
                tree.add(Data::List(items), range)
            }
        };
        entries.push((key, value));
    }
    tree.add(Data::Map(entries), 0..0)
}

fn value(tree: &mut Tree, text: &str, found: &Value) -> Id {
    let range = found.span().unwrap_or(0..0);
    match found {
        Value::String(string) => tree.add_text(text, range, string.value()),
        Value::Array(array) => list(tree, text, array),
        Value::InlineTable(inline) => table(tree, text, inline),
        _ => tree.add_written(range),
    }
}

fn list(tree: &mut Tree, text: &str, array: &Array) -> Id {
    let items = array.iter().map(|item| value(tree, text, item)).collect();
    tree.add(Data::List(items), array.span().unwrap_or(0..0))
}
