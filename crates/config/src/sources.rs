//! What a site refers to, and its content: named here, read by the caller.

use crate::keys::{Form, SECTIONS};
use crate::kind::Kind;
use crate::public_key;
use crate::tree::{self, Node, Table};
use crate::{Origin, Span};
use std::collections::BTreeMap;

/// The content of everything that a site refers to, by the path as it is written there.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: BTreeMap<String, Result<String, String>>,
    services: ServiceFolders,
}

/// The services of the site's own folder: name, then path within its folder, then text.
pub type ServiceFolders = BTreeMap<String, BTreeMap<String, String>>;

/// A file that must be read before the site can be resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// As written; relative to the folder of the site file.
    pub path: String,
    pub span: Span,
}

impl Sources {
    pub fn new() -> Self {
        Sources::default()
    }

    /// Hands in the text of a file.
    pub fn insert(&mut self, path: impl Into<String>, content: impl Into<String>) {
        self.files.insert(path.into(), Ok(content.into()));
    }

    /// Says that a file is there but cannot be read, and why: `permission denied`, `not text`.
    /// A file that is not there at all is simply not handed in.
    pub fn insert_unreadable(&mut self, path: impl Into<String>, reason: impl Into<String>) {
        self.files.insert(path.into(), Err(reason.into()));
    }

    /// Hands in one file of `services/NAME/`, by its path within that folder.
    pub fn insert_service_file(&mut self, service: &str, path: impl Into<String>, content: impl Into<String>) {
        self.services.entry(service.to_owned()).or_default().insert(path.into(), content.into());
    }

    pub(crate) fn services(&self) -> &ServiceFolders {
        &self.services
    }

    pub(crate) fn get(&self, path: &str) -> Option<Result<&str, &str>> {
        self.files.get(path).map(|content| content.as_deref().map_err(String::as_str))
    }
}

/// Lists what must be read to resolve a site. It never fails: what is broken is reported by [`crate::resolve`].
pub fn references(text: &str, file: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    let Ok(root) = tree::read_written(text, file) else { return found };
    in_sections(&root, &mut found);
    for host in root.table("hosts").iter().flat_map(|hosts| &hosts.entries) {
        host.node.table().iter().for_each(|table| in_sections(table, &mut found));
    }
    found.sort_by_key(|reference| reference.span.range.start);
    found
}

/// The name that a site gives itself, also when nothing else in it can be used. It never fails.
pub fn written_name(text: &str, file: &str) -> Option<String> {
    let root = tree::read_written(text, file).ok()?;
    root.table("site")?.get("name")?.text().map(str::to_owned)
}

fn in_sections(root: &Table, found: &mut Vec<Reference>) {
    for section in SECTIONS {
        let Some(node) = root.get(section.name) else { continue };
        let tables: Vec<&Table> = match section.form {
            Form::Entries => node.list().iter().filter_map(Node::table).collect(),
            Form::Named => {
                let named = node.table().into_iter().flat_map(|table| &table.entries);
                named.filter_map(|entry| entry.node.table()).collect()
            }
            _ => node.table().into_iter().collect(),
        };
        for (table, key) in tables.iter().flat_map(|table| section.keys.iter().map(move |key| (table, key))) {
            let Some(node) = table.get(key.name) else { continue };
            match key.kind {
                Kind::List(Kind::PublicKey) => node.list().iter().for_each(|node| refer(node, found)),
                Kind::LocalPath => refer(node, found),
                Kind::Templates => {
                    let paths = node.table().into_iter().flat_map(|table| &table.entries);
                    paths.for_each(|entry| refer(&entry.node, found));
                }
                _ => {}
            }
        }
    }
}

fn refer(node: &Node, found: &mut Vec<Reference>) {
    if let (Some(path), Origin::Written(span)) = (node.text(), &node.origin)
        && !public_key::looks_like_key(path)
        && !public_key::is_private(path)
    {
        found.push(Reference { path: path.to_owned(), span: span.clone() });
    }
}
