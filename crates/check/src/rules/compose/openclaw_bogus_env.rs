use crate::rules::prelude::*;

rule! {
    /// OpenClaw is given variables that it does not read.
    ///
    /// It has no database: `DATABASE_URL`, `REDIS_URL` and `QDRANT_URL` change nothing, and `PORT` and `HOST` are not
    /// how it is told where to listen. Whoever wrote them thinks that they are in force.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   openclaw:
    ///     image: ghcr.io/openclaw/openclaw:2026.9.6
    ///     init: true
    ///     volumes: ["./state:/home/node/.openclaw"]
    ///     environment: { DATABASE_URL: "${DATABASE_URL}" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   openclaw:
    ///     image: ghcr.io/openclaw/openclaw:2026.9.6
    ///     init: true
    ///     volumes: ["./state:/home/node/.openclaw"]
    ///     environment: { OPENCLAW_GATEWAY_TOKEN: "${OPENCLAW_GATEWAY_TOKEN}" }
    /// ```
    ///
    /// Source: <https://docs.openclaw.ai/gateway/configuration>. A skill may read one of them: then
    /// silence the rule with a reason.
    RULE = "compose-openclaw-bogus-env", Warning, Medium, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    if !service.is("openclaw") || service.has("build") {
        return;
    }
    let bogus = ["DATABASE_URL", "REDIS_URL", "QDRANT_URL", "HOST", "PORT", "API_KEY"];
    for variable in service.variables.iter().filter(|variable| variable.inline && bogus.contains(&variable.name)) {
        report.at(variable.place, format!("OpenClaw does not read {}", variable.name));
    }
}
