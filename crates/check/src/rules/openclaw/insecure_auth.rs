use crate::rules::prelude::*;

rule! {
    /// OpenClaw's page takes logins over plain HTTP.
    ///
    /// `allowInsecureAuth` was needed without HTTPS in early 2026; behind an edge with a certificate it only opens a way
    /// around the device pairing. Later versions ignore it.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local", controlUi: { allowInsecureAuth: true } }, agents: {} }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local", controlUi: { enabled: true } }, agents: {} }
    /// ```
    ///
    /// Source: OpenClaw's security audit (`openclaw security audit`).
    RULE = "openclaw-allow-insecure-auth", Warning, High, Look::File(&[Kind::OpenClaw], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if let Some(value) = super::section(document, "gateway.controlUi.allowInsecureAuth").filter(|value| value.is_true())
    {
        report.at(value, "logins over plain HTTP go around the pairing of devices");
    }
}
