use crate::rules::prelude::*;

rule! {
    /// The gateway's mode is not `local`.
    ///
    /// On the machine that runs it, the gateway starts with `gateway.mode: "local"` only; `remote` is for clients.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "remote", bind: "lan", port: 18789 }, agents: {} }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local", bind: "lan", port: 18789 }, agents: {} }
    /// ```
    ///
    /// Told where the file also says where to listen. Tried with OpenClaw 2026.9.6, 2026-11-28: "Gateway start blocked: set
    /// gateway.mode=local (current: remote)". Source: 2026.2.17 `docs/gateway/configuration-reference.md`; read 2026-11-28.
    RULE = "openclaw-gateway-mode", Warning, High, Look::File(&[Kind::OpenClaw], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let listens = super::section(document, "gateway.bind").is_some();
    if let Some(mode) = super::section(document, "gateway.mode").filter(|mode| listens && mode.text() == Some("remote"))
    {
        report.at(mode, "the gateway does not start as `remote`");
    }
}
