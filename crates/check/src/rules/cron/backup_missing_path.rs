use crate::rules::prelude::*;

rule! {
    /// A backup of OpenClaw that cannot be put back.
    ///
    /// The configuration alone is not the gateway: without `credentials` every channel has to be paired again, and without the
    /// workspace the agents have forgotten everything.
    ///
    /// ```sh backup.sh bad
    /// #!/bin/sh
    /// find /srv/backup -mtime +30 -delete
    /// tar czf /srv/backup/openclaw.tgz /home/node/.openclaw/openclaw.json
    /// ```
    ///
    /// ```sh backup.sh good
    /// #!/bin/sh
    /// find /srv/backup -mtime +30 -delete
    /// tar czf /srv/backup/openclaw.tgz /home/node/.openclaw
    /// ```
    ///
    /// Told for archives that name openclaw.json and nothing else of its folder. Source: OpenClaw's
    /// `docs/cli/backup.md` (state, config, credentials, sessions, workspaces; `--only-config` is "not a complete … recovery
    /// point"); read 2026-11-28.
    RULE = "backup-missing-path", Warning, Medium, Look::File(COMMANDS, check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for command in project.commands(document).iter().filter(|command| command.program() == "tar") {
        let makes = command.words.get(1).is_some_and(|word| word.trim_start_matches('-').starts_with('c'));
        let named = |name: &str| command.words.iter().any(|word| word.trim_end_matches('/').ends_with(name));
        let whole = named(".openclaw") || command.line.contains("credentials") || command.line.contains("workspace");
        if makes && named("openclaw.json") && !whole {
            report
                .at((document, command.range.clone()), "credentials and workspace are not in this archive")
                .help("the whole .openclaw folder");
        }
    }
}
