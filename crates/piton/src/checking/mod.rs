//! What `piton check`, `piton plan` and the language server do alike: files in, findings out.
//!
//! `settings.rs` knows what a repository decided, `walk.rs` finds the files, `crowd.rs` reads and
//! judges them on as many threads as there are cores, `site.rs` judges what a site would write,
//! `mend.rs` puts fixes in. Nothing here prints.

pub(crate) mod crowd;
pub(crate) mod mend;
mod settings;
mod site;
mod walk;

pub(crate) use settings::Settings;
pub(crate) use walk::{Found, files, some_files};

use crate::failure::Failure;
use crate::site_folder::{SiteFolder, beside};
use piton_check::{Finding, Project, Selection, Severity};
use piton_config::read::{Document, Kind, read};
use std::path::Path;

/// All findings, sorted, without those that a comment silences.
pub(crate) fn judge(project: &Project, selection: &Selection) -> Vec<Finding> {
    let mut findings = crowd::check(project, selection);
    findings.append(&mut project.check_whole(selection));
    for document in project.documents.iter().filter(|document| document.kind == Kind::Site) {
        let folder = SiteFolder::of(Path::new(&document.path), document.text.clone());
        let found = folder.and_then(|folder| site::findings(&folder, selection).map_err(Failure::catalog));
        match found {
            Ok(mut found) => findings.append(&mut found),
            Err(failure) => findings.append(&mut piton_check::site_findings(document, &failure.problems, selection)),
        }
    }
    piton_check::sort(&mut findings);
    piton_check::suppress(project, findings)
}

/// What the rules find in what a site would write, with the texts that the findings point into.
#[derive(Debug, Default)]
pub(crate) struct SiteFindings {
    pub(crate) findings: Vec<Finding>,
    pub(crate) documents: Vec<Document>,
}

impl SiteFindings {
    /// Judges what a site's hosts would get, before anybody asks them; without what is silenced or known.
    pub(crate) fn of(folder: &SiteFolder) -> Result<SiteFindings, Failure> {
        let here = std::env::current_dir().map_err(|error| Failure::file("read", Path::new("."), &error))?;
        let file = Path::new(&folder.file);
        let settings = Settings::around(&here, file.parent().unwrap_or(Path::new("")))?;
        let selection = settings.own();
        let mut documents = vec![read(&folder.file, folder.text.as_bytes(), Some(Kind::Site))];
        // What cannot be rendered at all is told by whoever renders next.
        let found = site::findings(folder, &selection).unwrap_or_default();
        let mut copied: Vec<&str> = found.iter().map(|finding| finding.path.as_str()).collect();
        copied.sort_unstable();
        copied.dedup();
        for path in copied.into_iter().filter(|path| *path != folder.file) {
            documents.extend(
                beside(path, Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or_default())
                    .map(|text| read(path, text.as_bytes(), None)),
            );
        }
        let project = Project::new(&documents);
        let mut findings = piton_check::suppress(&project, found);
        // Comments about other findings than these are no business of a plan.
        findings.retain(|finding| !finding.rule.id.starts_with("suppression-") && !settings.silences(finding));
        let findings = settings.subtract_known(&project, findings)?;
        Ok(SiteFindings { findings, documents })
    }

    /// Those that must not reach a host.
    pub(crate) fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error)
    }
}
