use crate::rules::prelude::*;

rule! {
    /// ansible-lint looks for newer schemas by itself.
    ///
    /// Without `offline: true` it fetches those of its main branch once a day: what was right yesterday is wrong today, and two
    /// people with one version see different things. Where there is no way out it goes on with those it has.
    ///
    /// ```yaml .ansible-lint bad
    /// profile: production
    /// ```
    ///
    /// ```yaml .ansible-lint good
    /// profile: production
    /// offline: true
    /// ```
    ///
    /// Not told beside a requirements.yml, which it then would not install. Tried with ansible-lint 26.10.1 without a network,
    /// 2026-11-28: it passes with and without. Source: its `schemas/__main__.py`, refresh_schemas, and `--offline` in `cli.py`.
    RULE = "ansible-lint-offline-missing", Info, Medium, Look::File(&[Kind::AnsibleLint], check), strict
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let needs = project.documents.iter().any(|file| file.file_name().starts_with("requirements.y"));
    if document.root().get("offline").is_none() && !needs {
        report
            .at((document, 0..0), "its rules change from day to day: it fetches newer schemas by itself")
            .help("offline: true");
    }
}
