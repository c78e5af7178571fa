use crate::rules::prelude::*;

rule! {
    /// A workflow is deleted that was not archived.
    ///
    /// n8n refuses with 400: "Workflow must be archived before it can be deleted". Archiving also deactivates it. A script
    /// that goes on regardless imports the new one beside the old one.
    ///
    /// ```sh provision.sh bad
    /// #!/bin/sh
    /// curl -fsS -X DELETE -b cookies http://127.0.0.1:5678/rest/workflows/orders
    /// ```
    ///
    /// ```sh provision.sh good
    /// #!/bin/sh
    /// curl -fsS -X POST -b cookies http://127.0.0.1:5678/rest/workflows/orders/archive
    /// curl -fsS -X DELETE -b cookies http://127.0.0.1:5678/rest/workflows/orders
    /// ```
    ///
    /// Tried with n8n 2.8.4, 2026-11-28: 400 without the archive; archived, an active one was deactivated and could be
    /// deleted.
    RULE = "n8n-delete-without-archive", Error, High, Look::File(COMMANDS, check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    if !document.text.contains("/rest/workflows/") {
        return;
    }
    if document.text.contains("/archive") {
        return;
    }
    for command in project.commands(document).iter().filter(|command| matches!(command.program(), "curl" | "http")) {
        let deletes =
            command.has_run(&["-X", "DELETE"]) || command.has("-XDELETE") || command.has_run(&["--request", "DELETE"]);
        let flow = command.words.iter().find_map(|word| word.split_once("/rest/workflows/"));
        if deletes && flow.is_some_and(|(_, id)| !id.is_empty() && !id.contains('/')) {
            report
                .at((document, command.range.clone()), "n8n refuses to delete a workflow that is not archived")
                .help("POST …/archive first");
        }
    }
}
