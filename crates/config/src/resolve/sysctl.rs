//! `[sysctl]`: parameters as names with dots, however they were written.

use crate::layers::View;
use crate::problem::{Problem, Problems};
use crate::tree::{Data, Entry, Node, Table};
use crate::{Origin, Valued};
use std::collections::BTreeMap;

pub(super) fn sysctl(view: &View, problems: &mut Problems) -> BTreeMap<String, Valued<String>> {
    let mut parameters = BTreeMap::new();
    for table in view.tables() {
        collect(table, "", &mut parameters, problems);
    }
    parameters
}

/// `net.ipv4.x = 1` without quotes is a table in a table to TOML, and the same thing to people.
fn collect(table: &Table, prefix: &str, parameters: &mut BTreeMap<String, Valued<String>>, problems: &mut Problems) {
    for entry in &table.entries {
        let name = if prefix.is_empty() { entry.key.clone() } else { format!("{prefix}.{}", entry.key) };
        if let Data::Table(inner) = &entry.node.data {
            collect(inner, &name, parameters, problems);
        } else if report_name(&name, entry, problems)
            && let Some(value) = value(&name, &entry.node, problems)
        {
            parameters.insert(name, Valued { value, origin: entry.node.origin.clone() });
        }
    }
}

fn report_name(name: &str, entry: &Entry, problems: &mut Problems) -> bool {
    let parts: Vec<&str> = name.split(['.', '/']).collect();
    let letters = |part: &&str| part.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-:@*".contains(letter));
    let fits = parts.len() > 1 && parts.iter().all(|part| !part.is_empty()) && parts.iter().all(letters);
    if !fits {
        problems.push(
            Problem::new("site/bad-parameter", format!("`{name}` is not the name of a kernel parameter"))
                .at(&entry.key_origin, "not a parameter")
                .help("as `sysctl -a` shows them: \"net.ipv4.tcp_syncookies\""),
        );
    }
    fits
}

fn value(name: &str, node: &Node, problems: &mut Problems) -> Option<String> {
    let help = match &node.data {
        Data::Integer(number) => return Some(number.to_string()),
        Data::Text(text) if !text.is_empty() && !text.chars().any(char::is_control) => return Some(text.clone()),
        Data::Bool(truth) => format!("write {} for {truth}: the kernel knows numbers only", u8::from(*truth)),
        Data::List(_) => "write the values in one text, with spaces: \"4096 87380 6291456\"".to_owned(),
        Data::Text(_) => "write one line of text".to_owned(),
        _ => "write a whole number, or text in quotes".to_owned(),
    };
    problems.push(wrong_value(name, node, &node.origin, help));
    None
}

fn wrong_value(name: &str, node: &Node, origin: &Origin, help: String) -> Problem {
    Problem::new("site/wrong-type", format!("`{name}` must be a number or text, not {}", node.type_name()))
        .at(origin, format!("this is {}", node.type_name()))
        .help(help)
}
