use crate::rules::prelude::*;

rule! {
    /// OpenClaw's agent may leave its sandbox.
    ///
    /// `tools.elevated` runs commands on the host for those whom it trusts, and a message that quotes somebody else's words
    /// can ask for it.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local" }, agents: {}, tools: { elevated: { enabled: true } } }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, agents: {}, tools: { elevated: { enabled: false } } }
    /// ```
    ///
    /// Fix: safe for what the sandbox holds. Source: OpenClaw 2026.9.6 `docs/tools/elevated.md` ("lets the agent break out
    /// of ordinary agent-configured sandboxing"); read 2026-11-28. Tried with it: together with an open group `security
    /// audit` calls it critical.
    RULE = "openclaw-elevated-enabled", Warning, High, Look::File(&[Kind::OpenClaw], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if let Some(value) = super::section(document, "tools.elevated.enabled").filter(|value| value.is_true()) {
        report
            .at(value, "the agent may run commands outside of its sandbox")
            .unsafe_fix("false", vec![Edit::replace(value, "false")]);
    }
}
