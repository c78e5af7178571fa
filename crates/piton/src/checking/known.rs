//! What a baseline knows is not told, and what of it nothing needs any more is said.

use super::settings::{Settings, lexical};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::path_name::{in_one_field, path_of};
use crate::plain_file::{LARGEST_MADE, read_text};
use piton_check::baseline::{self, Compared, Gone};
use piton_check::{Finding, Project, Selection, rule};
use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// How a run's findings stand to its baseline.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) file: PathBuf,
    /// Findings that are known and not told.
    pub(crate) known: usize,
    /// Entries that nothing in what was looked at needs.
    pub(crate) unneeded: usize,
}

impl Settings {
    /// A path as it is written in a baseline: from the top of what was decided, wherever piton was started.
    pub(crate) fn known_as(&self, shown: &str) -> String {
        let below = self.path_below(shown);
        in_one_field(&below.unwrap_or_else(|| path_of(shown).into_owned()))
    }

    /// Takes out what the baseline knows.
    pub(crate) fn subtract_known(&self, project: &Project, findings: Vec<Finding>) -> Result<Vec<Finding>, Failure> {
        let Some(file) = &self.baseline else { return Ok(findings) };
        Ok(self.compare(project, findings, &text_of(file)?).new)
    }

    /// The same, and says how many these are and which entries are of no use; `asked` is what was looked at.
    pub(crate) fn tell_known(
        &self,
        project: &Project,
        findings: Vec<Finding>,
        selection: &Selection,
        asked: &[PathBuf],
    ) -> Result<(Vec<Finding>, Option<Known>), Failure> {
        let Some(file) = &self.baseline else { return Ok((findings, None)) };
        let all = findings.len();
        let text = text_of(file)?;
        let compared = self.compare(project, findings, &text);
        let known = all - compared.new.len();
        let unneeded = self.unneeded(project, &compared, selection, asked);
        Ok((compared.new, Some(Known { file: file.clone(), known, unneeded })))
    }

    fn compare<'b>(&self, project: &Project, findings: Vec<Finding>, baseline: &'b str) -> Compared<'b> {
        baseline::compare(project, findings, baseline, &|path| self.known_as(path))
    }

    /// How many entries are of rules that were asked and of files that were looked at, or are gone. Only in folders: of a
    /// file that was looked at without those around it not everything is found.
    fn unneeded(&self, project: &Project, compared: &Compared, selection: &Selection, asked: &[PathBuf]) -> usize {
        let folders: Vec<PathBuf> =
            asked.iter().filter(|path| path.is_dir()).map(|path| lexical(&self.here.join(path))).collect();
        let mut gone = compared.gone().peekable();
        if folders.is_empty() || gone.peek().is_none() {
            return 0;
        }
        let seen: HashSet<String> = project.documents.iter().map(|document| self.known_as(&document.path)).collect();
        let was_asked = |gone: &Gone| {
            let path = self.root.join(path_of(gone.path));
            rule(gone.rule).is_none_or(|rule| selection.wants(rule))
                && folders.iter().any(|folder| path.starts_with(folder))
                && (seen.contains(gone.path) || is_gone(&path))
        };
        gone.filter(was_asked).map(|gone| gone.count).sum()
    }
}

fn is_gone(path: &Path) -> bool {
    path.symlink_metadata().is_err_and(|error| matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory))
}

fn text_of(file: &Path) -> Result<String, Failure> {
    let text = read_text(file, LARGEST_MADE).map_err(|error| no_baseline(file, &error.to_string()))?;
    match baseline::is_one(&text) {
        true => Ok(text),
        false => Err(no_baseline(file, "it holds something else")),
    }
}

fn no_baseline(file: &Path, why: &str) -> Failure {
    let what = format!("cannot read the known findings in {}: {why}", file.display());
    Failure::new(Exit::Usage, "settings/no-baseline", what, "`piton check --write-baseline FILE` writes one")
}
