use crate::rules::prelude::*;

use super::section;

rule! {
    /// OpenClaw's default model is a text where older versions want a map.
    ///
    /// 2026.2.17 refuses `agents.defaults.model: "provider/model"` and does not start; 2026.9.6 takes both. The map is right
    /// in all of them.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local" }, agents: { defaults: { model: "anthropic/claude-opus-4" } } }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, agents: { defaults: { model: { primary: "anthropic/claude-opus-4" } } } }
    /// ```
    ///
    /// Fix: safe. Tried with both versions.
    RULE = "openclaw-model-string", Warning, High, Look::File(&[Kind::OpenClaw], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if let Some(value) = section(document, "agents.defaults.model").filter(|value| value.text().is_some()) {
        report.at(value, "versions before the summer of 2026 refuse a text here").safe_fix(
            "a map with `primary`",
            vec![Edit::replace(value, format!("{{ \"primary\": {} }}", value.written()))],
        );
    }
}
