use crate::rules::prelude::*;

rule! {
    /// What runs in the sandbox may steer the gateway.
    ///
    /// `gateway`, `cron` and `nodes` work outside of the sandbox. Who allows them in there lets a prompt from a web page change
    /// the configuration or plan a job for the night.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local" }, agents: {}, tools: { sandbox: { tools: { allow: ["read", "exec", "gateway"] } } } }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, agents: {}, tools: { sandbox: { tools: { allow: ["read", "exec"], deny: ["gateway", "cron", "nodes"] } } } }
    /// ```
    ///
    /// Source: OpenClaw 2026.2.17 `docs/gateway/security/index.md`, "Control plane tools risk" (`gateway` and `cron` make
    /// persistent changes), and 2026.9.6 `config-agents/sandbox.md`, which denies all three in the sandbox; read
    /// 2026-11-28.
    RULE = "openclaw-sandbox-tools", Warning, High, Look::File(&[Kind::OpenClaw], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let agents = super::section(document, "agents.list").into_iter().flat_map(Value::items);
    let policies = agents
        .filter_map(|agent| agent.path("tools.sandbox.tools"))
        .chain(super::section(document, "tools.sandbox.tools"));
    for policy in policies {
        let denied: Vec<&str> = policy.get("deny").into_iter().flat_map(Value::items).filter_map(Value::text).collect();
        for tool in ["allow", "alsoAllow"].iter().filter_map(|key| policy.get(key)).flat_map(Value::items) {
            let steers = tool
                .literal()
                .is_some_and(|name| matches!(name, "gateway" | "cron" | "nodes") && !denied.contains(&name));
            if steers {
                report.at(tool, "this works outside of the sandbox");
            }
        }
    }
}
