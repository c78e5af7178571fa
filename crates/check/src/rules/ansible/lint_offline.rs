use crate::rules::prelude::*;

rule! {
    /// ansible-lint goes to the network for nothing.
    ///
    /// Without `offline: true` it asks Galaxy for collections at each run, and fails where there is no way out.
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
    /// Not told beside a requirements.yml. Source: ansible-lint documentation, "Configuration".
    RULE = "ansible-lint-offline-missing", Info, Medium, Look::File(&[Kind::AnsibleLint], check), strict
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let needs = project.documents.iter().any(|file| file.file_name().starts_with("requirements.y"));
    if document.root().get("offline").is_none() && !needs {
        report.at((document, 0..0), "each run asks Galaxy").help("offline: true");
    }
}
