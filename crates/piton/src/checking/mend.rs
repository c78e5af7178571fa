//! `--fix`: fixes put in until none is left, each file re-read, and nothing kept that reads worse.

use super::{Settings, judge};
use crate::failure::Failure;
use crate::plain_file;
use crate::print::text::count;
use piton_check::{Project, Selection, apply};
use piton_config::read::{Document, FaultKind, read};
use std::collections::BTreeMap;
use std::path::Path;

/// A fix may uncover another one; more rounds than this mean that two of them undo each other.
const ROUNDS: usize = 10;

/// What became of the files.
#[derive(Debug, Default)]
pub(crate) struct Mended {
    /// Path to text before and after.
    pub(crate) files: BTreeMap<String, (String, String)>,
    count: usize,
    /// Files that would have been unreadable afterwards; they are as they were.
    refused: Vec<String>,
}

impl Mended {
    pub(crate) fn summary(&self) -> String {
        let mut text = format!("mended {} in {}", count(self.count, "finding"), count(self.files.len(), "file"));
        if !self.refused.is_empty() {
            text.push_str(&format!("; left alone, since a fix would not have read well: {}", self.refused.join(", ")));
        }
        text
    }
}

/// Mends the documents in memory.
pub(crate) fn mend(
    documents: &mut [Document],
    selection: &Selection,
    settings: &Settings,
    with_unsafe: bool,
) -> Mended {
    let mut mended = Mended::default();
    for _ in 0..ROUNDS {
        let project = Project::new(documents);
        let mut findings = judge(&project, selection);
        findings.retain(|finding| !touches(&mended.refused, finding) && !settings.silences(finding));
        let texts: BTreeMap<&str, &str> = documents
            .iter()
            .filter(|document| is_whole(document))
            .map(|document| (document.path.as_str(), document.text.as_str()))
            .collect();
        let fixed = apply(&findings, &texts, with_unsafe);
        if fixed.count == 0 {
            break;
        }
        mended.count += fixed.count;
        for document in documents.iter_mut() {
            let Some(new) = fixed.texts.get(&document.path) else { continue };
            let after = read(&document.path, new.as_bytes(), Some(document.kind));
            if faults(&after) > faults(document) {
                mended.refused.push(document.path.clone());
                continue;
            }
            let before =
                mended.files.remove(&document.path).map_or_else(|| document.text.clone(), |(before, _)| before);
            mended.files.insert(document.path.clone(), (before, new.clone()));
            *document = after;
        }
    }
    mended.files.retain(|_, (before, after)| before != after);
    mended
}

/// Whether the text is what lies on the disk, byte for byte: replaced bytes would be written back as they are.
fn is_whole(document: &Document) -> bool {
    !document.faults.iter().any(|fault| matches!(fault.kind, FaultKind::Encoding | FaultKind::TooBig))
}

fn faults(document: &Document) -> usize {
    document.faults.iter().filter(|fault| matches!(fault.kind, FaultKind::Syntax | FaultKind::DuplicateKey)).count()
}

fn touches(refused: &[String], finding: &piton_check::Finding) -> bool {
    finding.fix.iter().flat_map(|fix| &fix.edits).any(|edit| refused.contains(&edit.path))
}

/// Writes the files; each is whole at any moment, and keeps its mode.
pub(crate) fn write(mended: &Mended) -> Result<(), Failure> {
    for (name, (_, after)) in &mended.files {
        let path = Path::new(name);
        plain_file::replace(path, after.as_bytes()).map_err(|error| Failure::file("write", path, &error))?;
    }
    Ok(())
}
