use crate::meant;
use crate::rules::prelude::*;

rule! {
    /// Redis is published and asks for no password.
    ///
    /// It is found within minutes, and then it is a way to write files: `CONFIG SET dir`, a cron line, and the host
    /// mines for somebody else. The image switches protected mode off, so nothing else holds.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   cache: { image: "redis:8.0.6", ports: ["6379:6379"] }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   cache: { image: "redis:8.0.6" }
    ///   local: { image: "redis:8.0.6", ports: ["127.0.0.1:6379:6379"] }
    ///   locked:
    ///     image: redis:8.0.6
    ///     command: ["redis-server", "--requirepass", "${REDIS_PASSWORD}"]
    ///     ports: ["10.0.0.1:6379:6379"]
    /// ```
    ///
    /// Source: docker-library-redis Dockerfile, which turns protected mode off by default; read 2026-11-27.
    RULE = "redis-no-auth", Error, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    if !(service.is("redis") || service.is("valkey")) || service.has("build") {
        return;
    }
    let words = || ["entrypoint", "command"].into_iter().flat_map(|key| service.words(key));
    let locked = words().any(|(_, word)| {
        word.contains("requirepass") || word.contains("aclfile") || word.contains(".conf") || word.contains("/bin/sh")
    });
    let by_variable = ["REDIS_PASSWORD", "REDIS_ARGS", "REDIS_REQUIREPASS", "VALKEY_PASSWORD", "VALKEY_EXTRA_FLAGS"]
        .iter()
        .any(|name| service.variable(name).is_some());
    let by_file = service.mounted(project).any(|(file, _)| {
        file.text
            .lines()
            .any(|line| line.trim_start().starts_with("requirepass") || line.trim_start().starts_with("aclfile"))
    });
    if locked || by_variable || by_file {
        return;
    }
    if let Some(port) = service.ports.iter().find(|port| port.is_public() && port.reaches(6379)) {
        let finding = report.at(port.value, "Redis without a password is published to whoever reaches the host");
        finding.help("publish it on 127.0.0.1, or not at all, and set a password");
        // What runs on a developer's own machine holds nothing.
        if is_trial(port.value.document()) {
            finding.severity(Severity::Info);
        } else if meant::is_said(project, service, port) {
            finding.severity(Severity::Warning);
        }
    }
}
