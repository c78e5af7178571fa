use crate::rules::prelude::*;

rule! {
    /// A health check needs a shell, and the image has none.
    ///
    /// The images of Loki from 3.6.0, Tempo from 2.10 and cloudflared hold one binary and nothing else. A text as
    /// `test`, `CMD-SHELL`, `wget` and `curl` all fail, and the service is unhealthy while it works.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   loki:
    ///     image: grafana/loki:3.6.7
    ///     healthcheck:
    ///       test: ["CMD-SHELL", "wget -q --spider http://127.0.0.1:3100/ready"]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   loki:
    ///     image: grafana/loki:3.6.7
    ///     healthcheck:
    ///       test: ["CMD", "/usr/bin/loki", "-health"]
    ///   old:
    ///     image: grafana/loki:3.4.2
    ///     healthcheck:
    ///       test: ["CMD-SHELL", "wget -q --spider http://127.0.0.1:3100/ready"]
    /// ```
    ///
    /// Source: grafana/loki issue 20149 and pull request 20313 (read 2026-11-27), grafana/tempo issue 6536, cloudflared's Dockerfile.
    RULE = "compose-healthcheck-distroless-shell", Error, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let (Some(health), Some(program)) = (service.health(), service.program) else { return };
    let Some(tools) = program.tools(service.image.as_ref()).filter(|tools| !tools.has_shell) else { return };
    let commands = health.commands();
    let first = commands.first().and_then(|words| words.first()).copied().unwrap_or_default();
    // One program may come in several builds: `otelcol`, `otelcol-contrib`.
    let own = first.rsplit('/').next().is_some_and(|word| word.starts_with(program.name));
    if service.has("build") || (own && !health.is_shell) {
        return;
    }
    let what = if health.needs_shell() { "a shell" } else { first };
    let finding = report
        .at(health.test, format!("this check needs {what}, and the image of {} has nothing but {0}", program.name));
    finding
        .related(service.image_place(), "this image")
        .note(format!("as known on {}; source: {}", program.checked, program.source));
    if let Some(instead) = &tools.instead {
        finding.help(format!("for example: {instead}"));
    }
}
