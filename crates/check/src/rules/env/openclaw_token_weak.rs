use crate::rules::prelude::*;

rule! {
    /// OpenClaw's token is short or a placeholder.
    ///
    /// The token is all that stands between the network and a shell on the host. `openssl rand -hex 32` makes a good
    /// one.
    ///
    /// ```env .env bad
    /// OPENCLAW_GATEWAY_TOKEN=secret123
    /// ```
    ///
    /// ```env .env good
    /// OPENCLAW_GATEWAY_TOKEN=0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0
    /// ```
    ///
    /// Source: <https://docs.openclaw.ai/gateway/security>; `openclaw security audit` of 2026.2.17 has it as
    /// gateway.token_too_short; read 2026-11-27.
    RULE = "openclaw-token-weak", Error, High, Look::File(&[Kind::Env, Kind::Compose], check)
}

const NAME: &str = "OPENCLAW_GATEWAY_TOKEN";

fn check(project: &Project, document: &Document, report: &mut Report) {
    if is_sample(document) {
        return;
    }
    if let Some(value) = document.root().get(NAME) {
        judge(value, value.literal(), report);
    }
    for service in project.services_of(document) {
        let Some(variable) = service.variable(NAME).filter(|variable| variable.inline) else { continue };
        // What a variable or its default brings is told where that stands.
        let literal = variable.place.literal().and(variable.value.as_deref());
        judge(variable.place, literal, report);
    }
}

fn judge(place: Value, token: Option<&str>, report: &mut Report) {
    let Some(text) = token.filter(|text| !text.is_empty() && !text.contains("REDACTED") && !text.contains(['*', '$']))
    else {
        return;
    };
    if is_placeholder(text) || text.len() < 24 {
        report.at(place, "this token can be guessed").help("openssl rand -hex 32");
    }
}
