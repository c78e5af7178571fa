//! `include`: other Compose files whose services, networks and volumes belong to the same project.

use super::interpolate;
use super::variable::settings;
use crate::project::Project;
use piton_config::read::{Document, Value};
use std::collections::HashMap;

/// How many files of one project are looked at together.
const MOST: usize = 64;

/// The files that a Compose file includes, and whether all of them are here.
pub(crate) fn included<'a>(project: &Project<'a>, document: &'a Document) -> (Vec<&'a Document>, bool) {
    let entries = document.roots().filter_map(|root| root.get("include")).flat_map(Value::one_or_many);
    let paths = entries.flat_map(|entry| entry.get("path").map_or_else(|| vec![entry], Value::one_or_many));
    let variables = settings(project, document);
    let mut found = Vec::new();
    let mut all = true;
    for path in paths.take(MOST) {
        let file = path.text().and_then(|name| project.beside(document, &interpolate(name, &variables)));
        all &= file.is_some();
        found.extend(file);
    }
    (found, all)
}

/// By the position of a Compose file: those of the other files of its project, where one includes the other or a third
/// one both.
pub(crate) fn stacks(project: &Project) -> HashMap<usize, Vec<usize>> {
    let mut neighbours: HashMap<usize, Vec<usize>> = HashMap::new();
    for (position, document) in project.documents.iter().enumerate() {
        if document.roots().all(|root| root.get("include").is_none()) {
            continue;
        }
        for other in included(project, document).0 {
            let Some(other) = project.position(other).filter(|other| *other != position) else { continue };
            neighbours.entry(position).or_default().push(other);
            neighbours.entry(other).or_default().push(position);
        }
    }
    let reached = |start: usize| {
        let mut found = vec![start];
        let mut next = 0;
        while let Some(at) = found.get(next).copied().filter(|_| found.len() < MOST) {
            let more = neighbours.get(&at).into_iter().flatten().copied();
            let new: Vec<usize> = more.filter(|other| !found.contains(other)).collect();
            found.extend(new);
            next += 1;
        }
        found.remove(0);
        found
    };
    neighbours.keys().map(|start| (*start, reached(*start))).collect()
}
