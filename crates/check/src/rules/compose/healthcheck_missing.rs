use crate::rules::prelude::*;

rule! {
    /// A database or gateway has no health check.
    ///
    /// Without one nothing can wait for it, and a process that hangs counts as running. The images of PostgreSQL, Redis,
    /// Qdrant, LiteLLM and n8n bring none.
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
    /// Told with `--strict` where nothing waits for the service, and always where something does without saying for what.
    /// OpenClaw's own asks `/healthz` by 2026.9, so only those that are older are told. Source: the Dockerfiles of
    /// PostgreSQL 18, Redis 7.4, Qdrant, n8n and an older LiteLLM, and OpenClaw 2026.9.6 `docs/install/docker.md`; read
    /// 2026-11-28.
    RULE = "compose-healthcheck-missing", Info, High, Look::Service(check), strict
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let wanted = ["postgres", "redis", "valkey", "qdrant", "litellm", "n8n", "openclaw"];
    let Some(program) = service.program.filter(|program| wanted.contains(&program.name)) else { return };
    // By 2026.9 OpenClaw's image has one of its own.
    let brings_one = program.name == "openclaw" && !service.version().is_some_and(|version| version.below("2026.9"));
    if service.has("healthcheck") || service.has("build") || brings_one {
        return;
    }
    report.at(service.key, format!("`{}` runs {} without a health check", service.name, program.name));
}
