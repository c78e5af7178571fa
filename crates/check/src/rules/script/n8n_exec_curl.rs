use crate::rules::prelude::*;

rule! {
    /// curl is run in n8n's container, which has none.
    ///
    /// The image has busybox's wget. `docker exec n8n curl` ends with "executable file not found".
    ///
    /// ```sh import.sh bad
    /// #!/bin/sh
    /// docker exec n8n curl -s http://localhost:5678/healthz
    /// ```
    ///
    /// ```sh import.sh good
    /// #!/bin/sh
    /// docker exec n8n wget -qO- http://127.0.0.1:5678/healthz
    /// ```
    ///
    /// Source: n8n `docker/images/n8n-base/Dockerfile` (Alpine, no curl); read 2026-11-27.
    RULE = "n8n-exec-curl", Error, High, Look::File(COMMANDS, check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for command in
        project.commands(document).iter().filter(|command| command.program() == "docker" && command.has("exec"))
    {
        let into = command
            .words
            .windows(2)
            .any(|pair| matches!(pair[0], "n8n" | "n8n-main" | "n8n_n8n_1") && pair[1] == "curl");
        if into {
            report.at((document, command.range.clone()), "the image of n8n has no curl").help("wget -qO- …");
        }
    }
}
