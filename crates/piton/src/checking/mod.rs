//! What `piton check`, `piton plan` and the language server do alike: files in, findings out.
//!
//! `settings.rs` knows what a repository decided, `repository.rs` where it is, `walk.rs` finds the files, `ignores.rs` what
//! hides some of them, `tracked.rs` what git has of those, `crowd.rs` reads and judges them on as many threads as there are cores, `site.rs`
//! judges what a site would write, `mend.rs` puts fixes in. Nothing here prints.

pub(crate) mod crowd;
mod ignores;
mod known;
pub(crate) mod mend;
mod repository;
mod settings;
mod site;
mod tracked;
mod walk;

pub(crate) use known::Known;
pub(crate) use settings::Settings;
pub(crate) use site::taken_by_sites;
pub(crate) use walk::{Files, Found, files, some_files};

use crate::failure::Failure;
use crate::path_name::path_of;
use crate::site_folder::SiteFolder;
use piton_check::{Finding, Fix, Project, Selection, Severity};
use piton_config::read::{Document, Fault, FaultKind, Kind, read};
use piton_plan::{Plan, Verb};
use std::collections::BTreeSet;
use std::path::Path;

/// All findings, sorted, without those that a comment silences.
pub(crate) fn judge(project: &Project, selection: &Selection) -> Vec<Finding> {
    let mut findings = crowd::check(project, selection);
    findings.append(&mut project.check_whole(selection));
    for document in project.documents.iter().filter(|document| document.kind == Kind::Site) {
        let folder = SiteFolder::of(&path_of(&document.path), document.text.clone());
        let found = folder.and_then(|folder| {
            site::findings(&folder, selection, &|path| project.at(path).is_some()).map_err(Failure::catalog)
        });
        match found {
            Ok(mut found) => findings.append(&mut found),
            Err(failure) => {
                findings.append(&mut piton_check::site_findings(project, document, &failure.problems, selection))
            }
        }
    }
    piton_check::sort(&mut findings);
    leave_what_is_not_whole(project, &mut findings);
    piton_check::suppress(project, findings, selection)
}

/// Takes the fixes off findings in files whose text is not what lies on the disk, byte for byte: replaced bytes would be
/// written back as they are.
fn leave_what_is_not_whole(project: &Project, findings: &mut [Finding]) {
    let is_broken = |fault: &Fault| matches!(fault.kind, FaultKind::Encoding | FaultKind::TooBig);
    let broken = project.documents.iter().filter(|document| document.faults.iter().any(is_broken));
    let broken: BTreeSet<&str> = broken.map(|document| document.path.as_str()).collect();
    for finding in findings.iter_mut().filter(|_| !broken.is_empty()) {
        let is_in = |fix: &Fix| fix.edits.iter().any(|edit| broken.contains(edit.path.as_str()));
        if let Some(fix) = finding.fix.take_if(|fix| is_in(fix)) {
            finding.help.get_or_insert(fix.title);
        }
    }
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
        let file = path_of(&folder.file);
        let settings = Settings::around(&here, file.parent().unwrap_or(Path::new("")))?;
        let selection = settings.own();
        // What cannot be rendered at all is told by whoever renders next.
        let found = site::findings(folder, &selection, &|_| true).unwrap_or_default();
        let documents = site::documents(folder, &found);
        let project = Project::new(&documents);
        let mut findings = piton_check::suppress(&project, found, &selection);
        // Comments about other findings than these are no business of a plan.
        findings.retain(|finding| !finding.rule.id.starts_with("suppression-") && !settings.silences(finding));
        let findings = settings.subtract_known(&project, findings)?;
        Ok(SiteFindings { findings, documents })
    }

    /// Judges the files that a plan would write, which was made of the site as it was another day.
    ///
    /// What the site says by now is not what would be written: it may have been mended since, or broken. Its comments
    /// still say what is known of a finding.
    pub(crate) fn of_plan(folder: &SiteFolder, plan: &Plan) -> Result<SiteFindings, Failure> {
        let here = std::env::current_dir().map_err(|error| Failure::file("read", Path::new("."), &error))?;
        let settings = Settings::around(&here, path_of(&folder.file).parent().unwrap_or(Path::new("")))?;
        let selection = settings.own();
        let known = site::silenced(folder, &selection);
        let mut found = SiteFindings::default();
        for host in &plan.hosts {
            let steps = host.steps().filter(|step| step.verb != Verb::Remove);
            let files = steps.flat_map(|step| piton_catalog::render_resource(&step.resource));
            let mut documents: Vec<Document> =
                files.map(|file| read(&file.path, file.content.as_bytes(), None)).collect();
            let mut findings = {
                let project = Project::new(&documents);
                piton_check::suppress(&project, project.check(&selection), &selection)
            };
            let is_known = |finding: &Finding| {
                known.iter().any(|(rule, message)| *rule == finding.rule.id && *message == finding.message)
            };
            findings.retain(|finding| !finding.rule.id.starts_with("suppression-") && !is_known(finding));
            // Hosts have files of the same name.
            let of_host = |path: &mut String| path.insert_str(0, &format!("{}:", host.host));
            documents.iter_mut().for_each(|document| of_host(&mut document.path));
            for finding in &mut findings {
                of_host(&mut finding.path);
                finding.related.iter_mut().for_each(|related| of_host(&mut related.path));
                // Nobody can mend a plan.
                finding.fix = None;
                finding.notes.push("the site has changed since this plan was made: make it anew".to_owned());
            }
            found.findings.append(&mut findings);
            found.documents.append(&mut documents);
        }
        Ok(found)
    }

    /// Those that must not reach a host.
    pub(crate) fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error)
    }
}
