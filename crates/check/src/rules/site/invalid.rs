use crate::finding::Finding;
use crate::project::Selection;
use crate::rules::prelude::*;
use piton_config::{Label, Level, Problem, Sources};
use std::ops::Range;

rule! {
    /// A site file says something that cannot be.
    ///
    /// `piton plan` refuses such a file before it asks any host; here the same mistakes show in an editor and in
    /// CI: a key that does not exist, a host that nobody declared, two hosts with one address.
    ///
    /// ```toml site.toml bad
    /// [site]
    /// name = "home"
    ///
    /// [ssh]
    /// prot = 222
    ///
    /// [hosts.gateway]
    /// address = "203.0.113.10"
    /// ```
    ///
    /// ```toml site.toml good
    /// [site]
    /// name = "home"
    ///
    /// [ssh]
    /// port = 222
    ///
    /// [hosts.gateway]
    /// address = "203.0.113.10"
    /// ```
    ///
    /// What the site names and was not handed in (a key outside of the folder) is taken to be right; `piton plan` reads it.
    /// Evidence: the reader of sites itself, of this version; its tests are the proof (looked through 2026-11-28).
    RULE = "site-invalid", Error, High, Look::File(&[Kind::Site], check)
}

/// In place of a file that nobody handed in: right as a key and as a text.
const STAND_IN: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA nobody\n";

fn check(project: &Project, document: &Document, report: &mut Report) {
    let mut sources = Sources::new();
    for reference in piton_config::references(&document.text, &document.path) {
        let known = project.beside(document, &reference.path);
        sources.insert(reference.path, known.map_or(STAND_IN, |known| &known.text));
    }
    for problem in piton_config::resolve(&document.text, &document.path, &sources).err().into_iter().flatten() {
        tell(project, document, &problem, report);
    }
}

/// The problems of a site file, found by whoever could read all that it names, as findings of this rule.
pub fn findings(project: &Project, document: &Document, problems: &[Problem], selection: &Selection) -> Vec<Finding> {
    let mut report = Report::new(&RULE);
    if selection.wants(&RULE) {
        problems.iter().for_each(|problem| tell(project, document, problem, &mut report));
    }
    report.finish()
}

fn tell(project: &Project, document: &Document, problem: &Problem, report: &mut Report) {
    // A site's problem may stand in a file that the site names; where nobody handed that in, the site is what there is.
    let place = |label: &Label| -> Option<(&Document, Range<usize>)> {
        let mut all = std::iter::once(document).chain(project.documents);
        Some((all.find(|known| known.path == label.span.file)?, label.span.range.clone()))
    };
    let at = problem.label.as_ref().and_then(place).unwrap_or((document, 0..0));
    let finding = report.at(at, problem.what.clone());
    if problem.level == Level::Warning {
        finding.severity(Severity::Warning);
    }
    for related in &problem.related {
        if let Some(at) = place(related) {
            finding.related(at, related.text.clone());
        }
    }
    for note in &problem.notes {
        finding.note(note);
    }
    let meant = problem.suggestion.as_ref().map(|name| format!("did you mean `{name}`? "));
    if let Some(help) = &problem.help {
        finding.help(format!("{}{help}", meant.unwrap_or_default()));
    }
}
