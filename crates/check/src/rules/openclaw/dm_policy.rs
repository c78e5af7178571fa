use crate::rules::prelude::*;

rule! {
    /// Anybody can talk to the agent, or nobody can.
    ///
    /// `dmPolicy: "open"` with `allowFrom: ["*"]` answers whoever finds the bot, and without the star nobody; `groupPolicy:
    /// "open"` whoever adds it to a group. `"allowlist"` with an empty `allowFrom` answers no one, its owner included.
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
    /// ```json openclaw.json bad 4
    /// { gateway: { mode: "local" }, channels: { telegram: { dmPolicy: "open" } } }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, channels: { telegram: { dmPolicy: "pairing" } } }
    /// ```
    ///
    /// Source: OpenClaw 2026.9.6 `docs/channels/telegram/access-control.md`; read 2026-11-28. Tried with it: `config
    /// validate` warns of an "open" without the star and of an empty list ("all DMs will be dropped"), `security audit`
    /// calls open groups critical.
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
                let lets_all_in = from.is_some_and(|from| from.items().any(|item| item.text() == Some("*")));
                let what = match lets_all_in {
                    true => "whoever finds the bot can talk to the agent",
                    false => "without `allowFrom: [\"*\"]` nobody is let in, and with it everybody",
                };
                report.at(policy.unwrap_or(channel), what).help("\"pairing\" or \"allowlist\"");
            }
            Some("allowlist") if from.is_some_and(Value::is_empty) => {
                report.at(from.unwrap_or(channel), "an empty list lets nobody in");
            }
            _ => {}
        }
    }
}
