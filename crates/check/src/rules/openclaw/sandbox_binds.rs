use crate::rules::prelude::*;

rule! {
    /// The sandbox sees the gateway's own credentials.
    ///
    /// A bind of `~/.openclaw` or `~/.claude` hands the agent the keys that the sandbox was there to keep from it.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { docker: { binds: ["/home/node/.claude:/home/node/.claude"] } } } } }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { docker: { binds: ["/home/node/.claude-sandbox:/home/node/.claude"] } } } } }
    /// ```
    ///
    /// Source: OpenClaw 2026.2.17, docs/gateway/sandboxing.md ("Binds bypass the sandbox filesystem"); read 2026-11-27.
    RULE = "openclaw-sandbox-binds-creds", Error, High, Look::File(&[Kind::OpenClaw], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let binds = super::section(document, "agents.defaults.sandbox.docker.binds").into_iter().flat_map(Value::items);
    for bind in binds {
        let source = bind.text().and_then(|text| text.split(':').next()).unwrap_or_default();
        if matches!(source.rsplit('/').next(), Some(".claude" | ".openclaw" | ".ssh" | ".aws" | "docker.sock")) {
            report
                .at(bind, "the sandbox gets what it was there to keep away")
                .help("a folder of its own, such as .claude-sandbox");
        }
    }
}
