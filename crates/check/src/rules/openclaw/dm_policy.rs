use crate::rules::prelude::*;

rule! {
    /// Anybody can talk to the agent, or nobody can.
    ///
    /// `dmPolicy: "open"` answers whoever finds the bot, `groupPolicy: "open"` whoever adds it to a group. `"allowlist"` with an empty `allowFrom` answers no one, its owner
    /// included.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local" }, channels: { telegram: { dmPolicy: "open", allowFrom: ["*"] } } }
    /// ```
    ///
    /// ```json openclaw.json bad 2
    /// { gateway: { mode: "local" }, channels: { telegram: { dmPolicy: "allowlist", allowFrom: [] } } }
    /// ```
    ///
    /// ```json openclaw.json bad 3
    /// { gateway: { mode: "local" }, channels: { telegram: { dmPolicy: "pairing", groupPolicy: "open" } } }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, channels: { telegram: { dmPolicy: "pairing" } } }
    /// ```
    ///
    /// Source: <https://docs.openclaw.ai/channels/telegram>.
    RULE = "openclaw-dm-policy", Warning, High, Look::File(&[Kind::OpenClaw], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for (_, channel) in super::section(document, "channels").map(Value::entries).unwrap_or_default() {
        let policy = channel.get("dmPolicy").or_else(|| channel.path("dm.policy"));
        let from = channel.get("allowFrom").or_else(|| channel.path("dm.allowFrom"));
        if let Some(group) = channel.get("groupPolicy").filter(|value| value.text() == Some("open")) {
            report
                .at(group, "whoever adds the bot to a group commands the agent")
                .help("\"allowlist\", and the groups that may");
        }
        match policy.and_then(Value::text) {
            Some("open") => {
                report
                    .at(policy.unwrap_or(channel), "whoever finds the bot can talk to the agent")
                    .help("\"pairing\" or \"allowlist\"");
            }
            Some("allowlist") if from.is_some_and(Value::is_empty) => {
                report.at(from.unwrap_or(channel), "an empty list lets nobody in");
            }
            _ => {}
        }
    }
}
