use crate::rules::prelude::*;

rule! {
    /// OpenClaw's agent may read every file of its user.
    ///
    /// `tools.fs.workspaceOnly` keeps its file tools inside of the workspace, away from the gateway's own state and keys.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local" }, agents: {}, tools: { fs: { workspaceOnly: false } } }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, agents: {}, tools: { fs: { workspaceOnly: true } } }
    /// ```
    ///
    /// Told where it is written off. Fix: unsafe for agents that work outside. Source: OpenClaw 2026.9.6
    /// `docs/gateway/security/tool-permissions.md` (optional, off by default) and `hardened-baseline.md` (on); read
    /// 2026-11-28.
    RULE = "openclaw-fs-workspace-only", Warning, High, Look::File(&[Kind::OpenClaw], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if let Some(value) = super::section(document, "tools.fs.workspaceOnly").filter(|value| value.truth() == Some(false))
    {
        report
            .at(value, "the agent may read every file of its user")
            .unsafe_fix("true", vec![Edit::replace(value, "true")]);
    }
}
