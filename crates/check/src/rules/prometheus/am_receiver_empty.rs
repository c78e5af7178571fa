use crate::rules::prelude::*;

rule! {
    /// Alerts go to a receiver that tells nobody.
    ///
    /// The default receiver has a name and no integration: everything that no other route takes ends there in silence.
    ///
    /// ```yaml alertmanager.yml bad
    /// route: { receiver: default }
    /// receivers: [{ name: default }]
    /// ```
    ///
    /// ```yaml alertmanager.yml good
    /// route: { receiver: default }
    /// receivers: [{ name: default, webhook_configs: [{ url: "http://ntfy:8080/alerts" }] }]
    /// ```
    ///
    /// A receiver called `null`, `blackhole` and the like is meant. Tried with amtool 0.25.0 and 0.33.1, 2026-11-28:
    /// `check-config` calls such a file a SUCCESS. Source: Alertmanager `docs/configuration.md`, `route` and `receivers`;
    /// read 2026-11-28.
    RULE = "am-receiver-empty", Warning, High, Look::File(&[Kind::Alertmanager], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let Some(name) = find(document, "route.receiver").and_then(Value::text) else { return };
    // Such a name says that it is meant.
    let lower = name.to_ascii_lowercase();
    if ["null", "none", "blackhole", "devnull", "dev-null", "noop", "drop", "silence", "default-null"]
        .contains(&lower.as_str())
    {
        return;
    }
    let receivers = find(document, "receivers").into_iter().flat_map(Value::items);
    if let Some(receiver) =
        receivers.into_iter().find(|receiver| receiver.get("name").and_then(Value::text) == Some(name))
    {
        let tells = receiver
            .entries()
            .iter()
            .any(|(key, value)| key.text().is_some_and(|key| key.ends_with("_configs")) && !value.is_empty());
        if !tells && document.templated.is_empty() {
            report.at(receiver.get("name").unwrap_or(receiver), format!("alerts that end at `{name}` reach nobody"));
        }
    }
}
