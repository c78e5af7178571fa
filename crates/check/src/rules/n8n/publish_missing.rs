use crate::rules::prelude::*;

rule! {
    /// Workflows are imported and never switched on.
    ///
    /// `n8n import:workflow` leaves what it brings inactive. Without `publish:workflow` (before 2.0: `update:workflow
    /// --active=true`) and a restart no webhook answers and no schedule runs.
    ///
    /// ```sh provision.sh bad
    /// #!/bin/sh
    /// docker exec n8n n8n import:workflow --input=/flows/orders.json
    /// ```
    ///
    /// ```sh provision.sh good
    /// #!/bin/sh
    /// docker exec n8n n8n import:workflow --input=/flows/orders.json
    /// docker exec n8n n8n publish:workflow --id=orders
    /// docker restart n8n
    /// ```
    ///
    /// Who only wants to look at them needs nothing more: so this is information. Tried with n8n 2.8.4, 2026-11-28:
    /// "Deactivating workflow … Remember to activate later", and 404 from its webhook; after publish:workflow and a restart
    /// it answers.
    RULE = "n8n-publish-missing", Info, Medium, Look::File(COMMANDS, check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    if !document.text.contains("import:workflow") {
        return;
    }
    let on = ["publish:workflow", "update:workflow", "/activate", "\"active\": true", "active=true"];
    if on.iter().any(|word| document.text.contains(word)) {
        return;
    }
    for command in
        project.commands(document).iter().filter(|command| command.has("import:workflow") && !command.has("--help"))
    {
        report
            .at((document, command.range.clone()), "what is imported stays inactive")
            .help("n8n publish:workflow --id=ID, and a restart");
    }
}
