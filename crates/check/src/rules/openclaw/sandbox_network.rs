use crate::rules::prelude::*;

rule! {
    /// The sandbox has a browser and no network to reach it by.
    ///
    /// The gateway drives the browser over a port that its container publishes. With `network: "none"` there is no such
    /// port, and each page ends in a timeout.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { mode: "all", browser: { enabled: true, network: "none" } } } } }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { mode: "all", docker: { network: "none" }, browser: { enabled: true } } } } }
    /// ```
    ///
    /// Before 2026.2.17 the browser had `docker.network`, which is told for those versions. Source: OpenClaw 2026.2.1 and
    /// 2026.2.17, ensureSandboxBrowser; 2026.9.6 `docs/gateway/config-agents/sandbox.md` ("`none` is unsupported because
    /// CDP ports must be published"); read 2026-11-28. Tried with 2026.9.6: `config validate` finds nothing wrong.
    RULE = "openclaw-sandbox-network-browser", Warning, Medium, Look::File(&[Kind::OpenClaw], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let Some(sandbox) = super::section(document, "agents.defaults.sandbox") else { return };
    if !sandbox.path("browser.enabled").is_some_and(Value::is_true) {
        return;
    }
    // Older ones put the browser where the commands are.
    let shares = super::service_of(project, document)
        .and_then(Service::version)
        .is_some_and(|version| version.below("2026.2.17"));
    let network = sandbox.path("browser.network").or_else(|| sandbox.path("docker.network").filter(|_| shares));
    if let Some(network) = network.filter(|network| network.text() == Some("none")) {
        report.at(network, "the browser in the sandbox cannot be reached without a network");
    }
}
