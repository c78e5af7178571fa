use crate::rules::prelude::*;

rule! {
    /// OpenClaw's telemetry is on, and its plugin is not.
    ///
    /// `diagnostics.otel.enabled` does nothing while the plugin `diagnostics-otel` is not allowed: no trace arrives, and no
    /// line says why.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local" }, agents: {}, diagnostics: { otel: { enabled: true } }, plugins: { allow: ["telegram"] } }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, agents: {}, diagnostics: { otel: { enabled: true } }, plugins: { allow: ["telegram", "diagnostics-otel"] } }
    /// ```
    ///
    /// Source: OpenClaw 2026.9.6 `docs/gateway/opentelemetry.md` ("attach only when both the diagnostics surface and the
    /// plugin are enabled") and 2026.2.17 `docs/logging.md`; read 2026-11-28. Tried with 2026.9.6: `config validate` says
    /// nothing.
    RULE = "openclaw-otel-plugin-not-allowed", Warning, High, Look::File(&[Kind::OpenClaw], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let Some(on) = super::section(document, "diagnostics.otel.enabled").filter(|value| value.is_true()) else { return };
    let allowed = super::section(document, "plugins.allow")
        .is_some_and(|allow| allow.items().any(|item| item.text() == Some("diagnostics-otel")));
    let entry =
        super::section(document, "plugins.entries").and_then(|entries| entries.get("diagnostics-otel")).is_some();
    if !allowed && !entry {
        report
            .at(on, "nothing is sent: the plugin diagnostics-otel is not allowed")
            .help("plugins: { allow: [\"diagnostics-otel\"] }");
    }
}
