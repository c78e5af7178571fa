use crate::rules::prelude::*;

rule! {
    /// A health check that cannot fail.
    ///
    /// `true`, `exit 0`, `kill -0 1` and `<program> --version` prove that the container exists. A process that no
    /// longer answers stays "healthy".
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   edge:
    ///     image: caddy:2.11
    ///     healthcheck: { test: ["CMD", "caddy", "version"] }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   edge:
    ///     image: caddy:2.11
    ///     healthcheck: { test: ["CMD", "wget", "-q", "--spider", "http://127.0.0.1/"] }
    /// ```
    ///
    /// Tried 2026-11-28: `caddy version` ends with 0 where no Caddy runs.
    RULE = "compose-healthcheck-noop", Info, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let Some(health) = service.health() else { return };
    let command = health.command.trim();
    let version =
        command.split_whitespace().nth(1).is_some_and(|word| matches!(word, "version" | "--version" | "-version"));
    let is_noop =
        matches!(command, "true" | "exit 0" | "kill -0 1") || (version && command.split_whitespace().count() == 2);
    if is_noop {
        report.at(health.test, format!("`{command}` says only that the container is there"));
    }
}
