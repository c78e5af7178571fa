use crate::rules::prelude::*;

rule! {
    /// An agent runs without asking, on the host itself.
    ///
    /// `--dangerously-skip-permissions` is for a sandbox that may be lost. On a server it let an agent run network commands
    /// unattended; the host was gone.
    ///
    /// ```sh agent.sh bad
    /// #!/bin/sh
    /// claude --dangerously-skip-permissions -p "tidy up the firewall"
    /// ```
    ///
    /// ```sh agent.sh good
    /// #!/bin/sh
    /// docker run --rm -it agent claude --dangerously-skip-permissions
    /// claude -p "tidy up the firewall"
    /// ```
    ///
    /// Source: Claude Code's own warning at the start of this mode ("only be used in a sandboxed container/VM", in
    /// anthropics/claude-code issue 927); read 2026-11-28. One incident.
    RULE = "script-agent-skip-permissions", Warning, High, Look::File(COMMANDS, check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for command in project.commands(document) {
        let skips =
            command.has("--dangerously-skip-permissions") || command.has("--dangerously-bypass-approvals-and-sandbox");
        let agent = matches!(command.program(), "claude" | "codex" | "npx" | "ccr");
        if skips && agent && !matches!(document.kind, Kind::Dockerfile | Kind::Workflow) {
            report.at((document, command.range.clone()), "the agent may do anything on this host, and nobody is asked");
        }
    }
}
