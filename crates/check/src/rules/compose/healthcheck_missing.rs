use crate::rules::prelude::*;

rule! {
    /// A database or gateway has no health check.
    ///
    /// Without one nothing can wait for it, and a process that hangs counts as running. The image of PostgreSQL,
    /// Redis, Qdrant, LiteLLM, n8n and OpenClaw bring none that waits for the right thing.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   db:
    ///     image: postgres:18
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   db:
    ///     image: postgres:18
    ///     healthcheck: { test: ["CMD", "pg_isready", "-U", "app"] }
    /// ```
    ///
    /// Told with `--strict` where nothing waits for the service, and always where something does without saying for
    /// what. Source: the Compose specification on `depends_on`.
    RULE = "compose-healthcheck-missing", Info, High, Look::Service(check), strict
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let wanted = ["postgres", "redis", "valkey", "qdrant", "litellm", "n8n", "openclaw"];
    let Some(program) = service.program.filter(|program| wanted.contains(&program.name)) else { return };
    if service.has("healthcheck") || service.has("build") {
        return;
    }
    report.at(service.key, format!("`{}` runs {} without a health check", service.name, program.name));
}
