use crate::rules::prelude::*;

rule! {
    /// OpenClaw pairs no devices.
    ///
    /// With `dangerouslyDisableDeviceAuth` the token alone opens the gateway: whoever has seen it once, in a log or a link,
    /// drives the agent.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local", controlUi: { dangerouslyDisableDeviceAuth: true } }, agents: {} }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local", controlUi: { enabled: true } }, agents: {} }
    /// ```
    ///
    /// Later versions ignore the key. Source: OpenClaw 2026.2.17 `docs/gateway/security/index.md` (critical); 2026.9.6
    /// `network-exposure.md` ("retired break-glass input, now fully inert"); read 2026-11-28.
    RULE = "openclaw-disable-device-auth", Warning, High, Look::File(&[Kind::OpenClaw], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if let Some(value) =
        super::section(document, "gateway.controlUi.dangerouslyDisableDeviceAuth").filter(|value| value.is_true())
    {
        report.at(value, "the token alone opens the gateway");
    }
}
