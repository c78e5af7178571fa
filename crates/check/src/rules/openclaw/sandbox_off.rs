use crate::rules::prelude::*;

rule! {
    /// OpenClaw's agents run without a sandbox.
    ///
    /// Whatever a message, a web page or a skill talks the model into runs as the gateway's user, with its keys.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { mode: "off" } } } }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { mode: "non-main" } } } }
    /// ```
    ///
    /// Told where it is written off; that it is off by default is told with `--strict`. Source: OpenClaw 2026.9.6
    /// `docs/gateway/sandboxing/modes-scope-and-backend.md` (`off` is the default); read 2026-11-28.
    RULE = "openclaw-sandbox-off", Warning, High, Look::File(&[Kind::OpenClaw], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let defaults = super::section(document, "agents.defaults.sandbox.mode");
    let each = super::section(document, "agents.list")
        .into_iter()
        .flat_map(Value::items)
        .filter_map(|agent| agent.path("sandbox.mode"));
    for mode in defaults.into_iter().chain(each).filter(|mode| mode.text() == Some("off")) {
        report.at(mode, "what the model is talked into runs as the gateway's user").help("\"non-main\", or \"all\"");
    }
}
