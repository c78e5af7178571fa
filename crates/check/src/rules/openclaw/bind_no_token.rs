use crate::rules::prelude::*;

rule! {
    /// OpenClaw listens on the network without asking who is there.
    ///
    /// `bind: "lan"` opens the gateway to everybody on the network, and `auth.mode: "none"` answers them all.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local", bind: "lan", auth: { mode: "none" } }, agents: {} }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local", bind: "lan", auth: { mode: "token", token: "${OPENCLAW_GATEWAY_TOKEN}" } }, agents: {} }
    /// ```
    ///
    /// Source: OpenClaw 2026.2.17, "refusing to bind gateway … without auth"; read 2026-11-27. Also: <https://docs.openclaw.ai/gateway/security>.
    RULE = "openclaw-bind-lan-no-token", Error, High, Look::File(&[Kind::OpenClaw], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let Some(bind) = super::section(document, "gateway.bind")
        .filter(|bind| matches!(bind.text(), Some("lan" | "custom" | "0.0.0.0")))
    else {
        return;
    };
    let mode = super::section(document, "gateway.auth.mode").and_then(Value::text);
    let token = super::section(document, "gateway.auth.token");
    if mode == Some("none") || token.is_some_and(Value::is_empty) {
        report.at(bind, "the gateway answers everybody on the network");
    }
}
