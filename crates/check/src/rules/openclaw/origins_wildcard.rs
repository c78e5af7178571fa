use crate::rules::prelude::*;

rule! {
    /// Any website may talk to OpenClaw's gateway.
    ///
    /// `allowedOrigins: ["*"]` lets the page of a stranger use the session of whoever visits it.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local", controlUi: { allowedOrigins: ["*"] } }, agents: {} }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local", controlUi: { allowedOrigins: ["https://claw.example.org"] } }, agents: {} }
    /// ```
    ///
    /// Tried with OpenClaw 2026.9.6, 2026-11-28: `security audit` calls it critical on a gateway that listens beyond
    /// loopback.
    RULE = "openclaw-allowed-origins-wildcard", Warning, High, Look::File(&[Kind::OpenClaw], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let origins = super::section(document, "gateway.controlUi.allowedOrigins").into_iter().flat_map(Value::items);
    for origin in origins.filter(|origin| origin.text() == Some("*")) {
        report.at(origin, "any website may use the session of whoever visits it");
    }
}
