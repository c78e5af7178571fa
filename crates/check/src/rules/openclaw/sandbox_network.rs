use crate::rules::prelude::*;

rule! {
    /// The sandbox has a browser and no network to reach it by.
    ///
    /// The gateway drives the browser over port 9222 of the sandbox. With `network: "none"` there is no such port, and each
    /// page ends in a timeout.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { mode: "all", docker: { network: "none" }, browser: { enabled: true } } } } }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { mode: "all", docker: { network: "bridge" }, browser: { enabled: true } } } } }
    /// ```
    ///
    /// Evidence: one production incident; newer versions give the browser a network of its own, so a warning.
    RULE = "openclaw-sandbox-network-browser", Warning, Medium, Look::File(&[Kind::OpenClaw], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let Some(sandbox) = super::section(document, "agents.defaults.sandbox") else { return };
    let browser =
        sandbox.path("browser.enabled").is_some_and(Value::is_true) && sandbox.path("browser.network").is_none();
    if let Some(network) = sandbox.path("docker.network").filter(|network| browser && network.text() == Some("none")) {
        report.at(network, "the browser in the sandbox cannot be reached without a network");
    }
}
