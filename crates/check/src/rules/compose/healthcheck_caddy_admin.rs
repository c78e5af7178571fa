use crate::rules::prelude::*;

use crate::rules::caddy::options;

rule! {
    /// A health check asks Caddy's admin interface, which the Caddyfile turns off or moves.
    ///
    /// With `admin off` nothing listens on 2019: the check fails for ever, the container is "unhealthy", and what waits for it
    /// never starts.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   edge:
    ///     image: caddy:2.11
    ///     volumes: ["./Caddyfile:/etc/caddy/Caddyfile:ro", "data:/data"]
    ///     healthcheck: { test: [CMD, wget, -q, --spider, "http://127.0.0.1:2019/config/"] }
    /// volumes: { data: {} }
    /// ```
    ///
    /// ```caddy Caddyfile bad
    /// {
    ///     admin off
    /// }
    /// example.org {
    ///     reverse_proxy app:8080
    /// }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   edge:
    ///     image: caddy:2.11
    ///     volumes: ["./Caddyfile:/etc/caddy/Caddyfile:ro", "data:/data"]
    ///     healthcheck: { test: [CMD, wget, -q, --spider, "http://127.0.0.1:2019/config/"] }
    /// volumes: { data: {} }
    /// ```
    ///
    /// ```caddy Caddyfile good
    /// example.org {
    ///     reverse_proxy app:8080
    /// }
    /// ```
    ///
    /// Source: caddyserver/website `caddyfile/options.md`, `admin` (default localhost:2019; with "off" the endpoint is
    /// disabled); read 2026-11-28. Tried with Caddy 2.6.2 and 2.11.4: `admin off` is adapted to `"disabled": true`.
    RULE = "compose-healthcheck-caddy-admin", Warning, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    let Some(health) = service.health().filter(|health| service.is("caddy") && health.command.contains(":2019")) else {
        return;
    };
    for (file, _) in service.mounted(project).filter(|(file, _)| file.kind == Kind::Caddyfile) {
        let admin = options(file).into_iter().flat_map(Value::lines).find(|line| line.word_text(0) == "admin");
        let Some(line) = admin.filter(|line| line.block().is_none()) else { continue };
        let address = line.word_text(1);
        if !address.is_empty() && !address.ends_with(":2019") && !address.starts_with("{$") {
            report
                .at(health.test, "nothing listens there: the Caddyfile has the admin interface elsewhere, or off")
                .related(line, "here");
        }
    }
}
