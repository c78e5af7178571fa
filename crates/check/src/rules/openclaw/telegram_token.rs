use crate::rules::prelude::*;

rule! {
    /// OpenClaw's Telegram token has the wrong name.
    ///
    /// It is `botToken`. `token` is an unknown key, and the gateway does not start with one.
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local" }, channels: { telegram: { token: "${TELEGRAM_TOKEN}" } } }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, channels: { telegram: { botToken: "${TELEGRAM_TOKEN}" } } }
    /// ```
    ///
    /// Fix: safe. Tried with 2026.2.17; source: <https://docs.openclaw.ai/channels/telegram>.
    RULE = "openclaw-telegram-token-key", Error, High, Look::File(&[Kind::OpenClaw], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let Some(telegram) = super::section(document, "channels.telegram") else { return };
    let accounts =
        telegram.get("accounts").map(Value::entries).unwrap_or_default().into_iter().map(|(_, account)| account);
    for place in std::iter::once(telegram).chain(accounts) {
        if let Some((key, _)) = place.entry("token").filter(|_| place.get("botToken").is_none()) {
            let quote = if key.is_quoted() { "\"" } else { "" };
            report
                .at(key, "the gateway does not know this key, and does not start")
                .safe_fix("botToken", vec![Edit::replace(key, format!("{quote}botToken{quote}"))]);
        }
    }
}
