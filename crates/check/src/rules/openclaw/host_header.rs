use crate::rules::prelude::*;

rule! {
    /// OpenClaw trusts the Host header for where its page is.
    ///
    /// With `dangerouslyAllowHostHeaderOriginFallback` a page of somebody else's can point a name at the gateway and talk to
    /// it from the visitor's browser (DNS rebinding).
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local", controlUi: { dangerouslyAllowHostHeaderOriginFallback: true } }, agents: {} }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local", controlUi: { allowedOrigins: ["https://claw.example.org"] } }, agents: {} }
    /// ```
    ///
    /// Tried with OpenClaw 2026.9.6, 2026-11-28: `security audit` calls it critical, "weakens DNS rebinding protections".
    RULE = "openclaw-host-header-origin-fallback", Warning, High, Look::File(&[Kind::OpenClaw], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if let Some(value) = super::section(document, "gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback")
        .filter(|value| value.is_true())
    {
        report.at(value, "a page of somebody else's can drive the gateway").help("name the origins: allowedOrigins");
    }
}
