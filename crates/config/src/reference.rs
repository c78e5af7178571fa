//! The list of keys as a page for people, in Markdown.

use crate::keys::{Form, Key, Layering, SECTIONS, Section};
use crate::kind::Kind;
use crate::profile::Layer;
use crate::tree::{Data, Node, Table};
use std::fmt::Write;

const HEAD: &str = "\
# site.toml

Every key there is, section by section. A value is looked for on the host, then in the site's section, then in
the profile, then among piton's defaults; `piton show --explain` says which one it was. A section that neither the
site nor its profile has is not managed: piton leaves that part of the hosts alone.
";

/// Gives the reference page.
pub fn reference() -> String {
    let defaults = Layer::defaults();
    let hardened = Layer::profile("hardened");
    let mut page = HEAD.to_owned();
    for section in SECTIONS {
        page.push_str(&head(section));
        for key in section.keys {
            page.push_str(&entry(section, key, &defaults.table, &hardened.table));
        }
        if section.form == Form::Parameters {
            parameters(section, &hardened.table, &mut page);
        }
    }
    page
}

fn head(section: &Section) -> String {
    let (title, how) = match section.form {
        Form::Once => (format!("[{}]", section.name), "For the whole site."),
        Form::Layered | Form::Parameters => (
            format!("[{}]", section.name),
            "May be repeated under a host, where it wins; `false` in its place switches the section off.",
        ),
        Form::Entries => (format!("[[{}]]", section.name), "May also stand under a host, as `[[hosts.NAME.…]]`."),
        Form::Hosts => ("[hosts.NAME]".to_owned(), "One for each host."),
        Form::Named => (format!("[{}.NAME]", section.name), "For the whole site; the name is yours."),
    };
    format!("\n## {title}\n\n{}. {} {how}\n", section.brief, section.details)
}

fn entry(section: &Section, key: &Key, defaults: &Table, hardened: &Table) -> String {
    let mut text = format!("\n### `{}`\n\n{}. {}\n\n", section.path(key.name), key.brief, key.details);
    let _ = writeln!(text, "- takes: {}", key.kind.takes());
    let default = shipped(defaults, section, key).unwrap_or_else(|| key.otherwise.to_owned());
    let _ = writeln!(text, "- otherwise: {default}");
    if let Some(value) = shipped(hardened, section, key) {
        let _ = writeln!(text, "- profile `hardened`: {value}");
    }
    if let Some(word) = layering(section, key) {
        let _ = writeln!(text, "- layers: {word}");
    }
    let _ = write!(text, "\n```toml\n{} = {}\n```\n", key.name, key.example);
    text
}

fn layering(section: &Section, key: &Key) -> Option<&'static str> {
    match key.layering {
        Layering::Adds => Some("each layer adds to the ones below it"),
        Layering::Merges => Some("each layer is merged over the ones below it, key by key"),
        Layering::Replaces if matches!(key.kind, Kind::List(_)) && section.form != Form::Entries => {
            Some("the nearest list replaces the others")
        }
        Layering::Replaces => None,
    }
}

/// Gives what one of piton's own layers says, as it would be written.
fn shipped(layer: &Table, section: &Section, key: &Key) -> Option<String> {
    let node = layer.get(section.name)?;
    let table = match section.form {
        Form::Entries => node.list().first()?.table()?,
        Form::Hosts | Form::Named => node.table()?.table("any")?,
        _ => node.table()?,
    };
    table.get(key.name).map(|node| format!("`{}`", written(node)))
}

fn parameters(section: &Section, hardened: &Table, page: &mut String) {
    let Some(table) = hardened.table(section.name) else { return };
    page.push_str("\nProfile `hardened`:\n\n```toml\n");
    for entry in &table.entries {
        let _ = writeln!(page, "\"{}\" = {}", entry.key, written(&entry.node));
    }
    page.push_str("```\n");
}

fn written(node: &Node) -> String {
    match &node.data {
        Data::Text(text) => format!("{text:?}"),
        Data::Integer(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::Bool(truth) => truth.to_string(),
        Data::List(nodes) => format!("[{}]", nodes.iter().map(written).collect::<Vec<_>>().join(", ")),
        Data::Table(table) => {
            let fields = table.entries.iter().map(|entry| format!("{} = {}", entry.key, written(&entry.node)));
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
        Data::Date | Data::Broken => String::new(),
    }
}
