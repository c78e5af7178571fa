use crate::rules::prelude::*;

rule! {
    /// Caddy is restarted for a change of its configuration.
    ///
    /// A reload keeps connections and puts nothing in force that does not load. A restart drops them all, and with a mistake in
    /// the file everything is down.
    ///
    /// ```sh deploy.sh bad
    /// #!/bin/sh
    /// systemctl restart caddy
    /// ```
    ///
    /// ```sh deploy.sh good
    /// #!/bin/sh
    /// systemctl reload caddy
    /// ```
    ///
    /// After a domain was taken out a restart is right: a reload goes on asking for its certificate. Source: Caddy
    /// documentation, "Keep Caddy Running" ("Do not stop the service to change Caddy's configuration"); read 2026-11-27.
    RULE = "systemd-caddy-restart", Info, Medium, Look::File(COMMANDS, check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for command in
        project.commands(document).iter().filter(|command| command.program() == "systemctl" && command.has("restart"))
    {
        if command.has("caddy") || command.has("caddy.service") {
            report
                .at((document, command.range.clone()), "a restart drops every connection; a reload does not")
                .help("systemctl reload caddy");
        }
    }
}
