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
    RULE = "openclaw-token-weak", Error, High, Look::File(&[Kind::Env], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let Some(value) = document.root().get("OPENCLAW_GATEWAY_TOKEN").filter(|_| !is_sample(document)) else { return };
    let Some(text) =
        value.literal().filter(|text| !text.is_empty() && !text.contains("REDACTED") && !text.contains('*'))
    else {
        return;
    };
    if is_placeholder(text) || text.len() < 24 {
        report.at(value, "this token can be guessed").help("openssl rand -hex 32");
    }
}
