//! The files as the editor has them: those on the disk, and over them the texts that are open.
//!
//! Rules see files together, so all of a folder are read once, and judged again when one changes.
//! A folder of too many files is not walked to its end: then only what is open is looked at.

use crate::checking::{Settings, crowd, judge, mend, some_files};
use crate::failure::Failure;
use crate::path_name::{name_of, path_of};
use piton_check::{Finding, Project};
use piton_config::read::{Document, read};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// More files than any folder of configuration has.
const MOST_FILES: usize = 20_000;

#[derive(Default)]
pub(super) struct Workspace {
    root: Option<PathBuf>,
    settings: Option<Settings>,
    pub(super) documents: Vec<Document>,
    /// What is open, by its name in findings.
    pub(super) open: BTreeMap<String, Open>,
    /// What lies in the folder, open or not.
    on_disk: BTreeSet<String>,
    findings: Vec<Finding>,
    is_stale: bool,
    /// What the user should hear of.
    pub(super) notes: Vec<String>,
}

/// A file that is open in the editor.
#[derive(Clone, Debug)]
pub(super) struct Open {
    /// By which the client calls it.
    pub(super) address: String,
    /// How the client counts its texts, if it does.
    pub(super) version: Option<i64>,
}

impl Workspace {
    /// Takes a folder as the one whose files belong together.
    pub(super) fn enter(&mut self, root: Option<PathBuf>) {
        let root = root.and_then(|root| root.canonicalize().ok()).filter(|root| root.is_dir());
        // Paths in findings, and those that a site names, are counted from where the process is.
        self.root = root.filter(|root| std::env::set_current_dir(root).is_ok());
        self.look_again();
    }

    /// Reads the folder and what was decided for it; what is open stays as it is in the editor.
    pub(super) fn look_again(&mut self) {
        self.is_stale = true;
        let here = self.root.clone().or_else(|| std::env::current_dir().ok()).unwrap_or_default();
        let settings = Settings::read(&here).unwrap_or_else(|failure| {
            self.notes.push(format!("[check] does not count: {}", words(&failure)));
            Settings::none(&here)
        });
        let mut kept: Vec<Document> = std::mem::take(&mut self.documents);
        kept.retain(|document| self.open.contains_key(&document.path));
        let mut found = Vec::new();
        if self.root.is_some() {
            let (files, is_all, unreadable) = some_files(Path::new("."), &settings, MOST_FILES);
            self.notes.extend(unreadable.iter().map(|ignores| {
                let path = ignores.path.display();
                format!("{path} cannot be read ({}): of its folder only what is open is looked at", ignores.error)
            }));
            if !is_all {
                self.notes.push(format!("more than {MOST_FILES} files here: only what is open is looked at"));
            } else {
                found = files;
            }
        }
        self.on_disk = found.iter().map(|(name, _)| name.clone()).collect();
        found.retain(|(name, _)| !self.open.contains_key(name));
        self.documents = crowd::read_all(&found).0;
        self.documents.append(&mut kept);
        self.settings = Some(settings);
    }

    /// A path as findings name it.
    pub(super) fn shown(&self, path: &Path) -> String {
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let below =
            self.root.as_ref().and_then(|root| real.strip_prefix(root).or_else(|_| path.strip_prefix(root)).ok());
        name_of(below.unwrap_or(path))
    }

    /// The absolute path of one that findings name.
    pub(super) fn whole(&self, shown: &str) -> PathBuf {
        self.root.as_ref().map_or_else(|| path_of(shown).into_owned(), |root| root.join(path_of(shown)))
    }

    pub(super) fn opened(&mut self, shown: &str, open: Open, text: &str) {
        let version = open.version;
        self.open.insert(shown.to_owned(), open);
        self.changed(shown, version, text);
    }

    pub(super) fn changed(&mut self, shown: &str, version: Option<i64>, text: &str) {
        if let Some(open) = self.open.get_mut(shown) {
            open.version = version;
            self.is_stale = true;
            self.put(read(shown, text.as_bytes(), None));
        }
    }

    /// From now on the file is what lies on the disk, if it does.
    pub(super) fn closed(&mut self, shown: &str) {
        self.is_stale = true;
        self.open.remove(shown);
        self.documents.retain(|document| document.path != shown);
        if self.on_disk.contains(shown) {
            let file = (shown.to_owned(), self.whole(shown));
            self.documents.append(&mut crowd::read_all(&[file]).0);
        }
    }

    fn put(&mut self, document: Document) {
        match self.documents.iter_mut().find(|known| known.path == document.path) {
            Some(known) => *known = document,
            None => self.documents.push(document),
        }
    }

    pub(super) fn is_stale(&self) -> bool {
        self.is_stale
    }

    /// All findings of the texts as they are now.
    pub(super) fn findings(&mut self) -> &[Finding] {
        if std::mem::take(&mut self.is_stale) {
            self.documents.sort_by(|one, other| one.path.cmp(&other.path));
            self.findings = self.judged().unwrap_or_else(|failure| {
                self.notes.push(words(&failure));
                Vec::new()
            });
        }
        &self.findings
    }

    fn judged(&self) -> Result<Vec<Finding>, Failure> {
        let Some(settings) = &self.settings else { return Ok(Vec::new()) };
        let project = Project::new(&self.documents);
        let mut findings = judge(&project, &settings.own());
        findings.retain(|finding| !settings.silences(finding) && !settings.excludes(&finding.path));
        settings.subtract_known(&project, findings)
    }

    /// The text of a file in which all is mended that is safe to mend, in as many rounds as `piton check --fix` takes; nothing
    /// where nothing is.
    pub(super) fn mended(&mut self, shown: &str) -> Option<String> {
        if !self.findings().iter().any(|finding| finding.path == shown && finding.has_safe_fix()) {
            return None;
        }
        let settings = self.settings.as_ref()?;
        let others = |name: &str| (name != shown).then_some("only one file was asked for");
        let mut mended = mend::mend(&mut self.documents, &settings.own(), settings, &others, false).ok()?;
        let (before, after) = mended.files.remove(shown)?;
        // What is in the editor is still the text of before.
        self.put(read(shown, before.as_bytes(), None));
        Some(after)
    }

    pub(super) fn text(&self, shown: &str) -> Option<&str> {
        self.documents.iter().find(|document| document.path == shown).map(|document| document.text.as_str())
    }
}

/// What went wrong, in one line.
fn words(failure: &Failure) -> String {
    let one = |problem: &piton_config::Problem| match &problem.suggestion {
        Some(name) => format!("{}; did you mean `{name}`?", problem.what),
        None => problem.what.clone(),
    };
    failure.problems.iter().map(one).collect::<Vec<_>>().join("; ")
}
