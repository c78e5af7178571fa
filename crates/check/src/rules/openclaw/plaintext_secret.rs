use crate::rules::prelude::*;

rule! {
    /// A secret stands in openclaw.json.
    ///
    /// The gateway rewrites the file, backs it up and shows parts of it. `${NAME}` is filled from the environment.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local", auth: { token: "0f1e2d3c4b5a69788796a5b4c3d2e1f0" } }, agents: {} }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local", auth: { token: "${OPENCLAW_GATEWAY_TOKEN}" } }, agents: {} }
    /// ```
    ///
    /// Source: OpenClaw 2026.9.6 `docs/gateway/configuration/environment-variables.md` (`${VAR_NAME}` in any string); read
    /// 2026-11-28.
    RULE = "openclaw-plaintext-secret", Warning, High, Look::File(&[Kind::OpenClaw], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for (key, value) in document.maps().flat_map(Value::entries) {
        let secret =
            matches!(key.text(), Some("token" | "botToken" | "apiKey" | "password" | "appToken" | "signingSecret"));
        let Some(text) = value.literal().filter(|_| secret) else { continue };
        if text.len() >= 12
            && !text.contains('$')
            && crate::rules::compose::env_inline_secret::is_secret_value(text)
            && !is_sample(document)
        {
            report
                .at(
                    value,
                    format!("`{}` is a secret in a file that the gateway copies about", key.text().unwrap_or_default()),
                )
                .help("\"${NAME}\"");
        }
    }
}
