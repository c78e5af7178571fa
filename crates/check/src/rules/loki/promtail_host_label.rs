use crate::rules::prelude::*;

rule! {
    /// Logs do not say which host they are from.
    ///
    /// With a second host the same labels mean two machines, and nobody can tell them apart any more.
    ///
    /// ```yaml promtail.yaml bad
    /// clients: [{ url: "http://loki:3100/loki/api/v1/push" }]
    /// positions: { filename: /positions/positions.yaml }
    /// scrape_configs: [{ job_name: system, static_configs: [{ labels: { job: varlogs, __path__: /var/log/*.log } }] }]
    /// ```
    ///
    /// ```yaml promtail.yaml good
    /// clients: [{ url: "http://loki:3100/loki/api/v1/push", external_labels: { host: gateway } }]
    /// positions: { filename: /positions/positions.yaml }
    /// scrape_configs: [{ job_name: system, static_configs: [{ labels: { job: varlogs, __path__: /var/log/*.log } }] }]
    /// ```
    ///
    /// Told with `--strict`. Source: Loki v3.5.8 `send-data/promtail/configuration.md`, `external_labels`; read 2026-11-28.
    RULE = "promtail-host-label", Info, Low, Look::File(&[Kind::Promtail], check), strict
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let names = |text: &str| ["host", "hostname", "instance", "node", "node_name", "server"].contains(&text);
    let labelled = document.maps().flat_map(Value::entries).any(|(key, value)| {
        key.text().is_some_and(names) || key.text() == Some("target_label") && value.text().is_some_and(names)
    });
    if let Some(clients) = find(document, "clients").filter(|_| !labelled) {
        report.at(clients, "nothing here says which host the logs are from").help("external_labels: { host: NAME }");
    }
}
