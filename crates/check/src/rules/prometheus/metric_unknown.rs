use crate::rules::prelude::*;

use crate::program::program;

rule! {
    /// A panel or an alert asks for a metric that LiteLLM does not have.
    ///
    /// A query for a name that nobody exports is no error: the panel stays empty, and the alert never fires. LiteLLM's names
    /// have changed more than once.
    ///
    /// ```yaml rules.yml bad
    /// groups: [{ name: llm, rules: [{ alert: Quiet, expr: "rate(litellm_spend_total[5m]) == 0", for: 10m, labels: { severity: warning } }] }]
    /// ```
    ///
    /// ```yaml rules.yml good
    /// groups: [{ name: llm, rules: [{ alert: Quiet, expr: "rate(litellm_spend_metric_total[5m]) == 0", for: 10m, labels: { severity: warning } }] }]
    /// ```
    ///
    /// Source: `litellm/integrations/prometheus.py` of LiteLLM 1.110.2, read 2026-11-27; older names that it still takes are
    /// known too. What another exporter may call `litellm_…` is only told where it is one of the names that never were.
    RULE = "prom-metric-unknown", Warning, Medium, Look::File(&[Kind::PrometheusRules, Kind::GrafanaDashboard], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if !document.text.contains("litellm_") {
        return;
    }
    let Some(litellm) = program("litellm") else { return };
    let is_never =
        |at: usize| litellm.never_metrics.iter().any(|never| document.text[at..].starts_with(never.as_str()));
    if !document.text.match_indices("litellm_").any(|(at, _)| is_never(at)) {
        return;
    }
    // What the file records itself is there.
    let is_recorded = |name: &str| document.maps().any(|map| map.get("record").and_then(Value::text) == Some(name));
    for value in document.texts() {
        let Some(text) = value.text().filter(|text| text.contains("litellm_")) else { continue };
        let mut told: Vec<&str> = Vec::new();
        for (at, _) in text.match_indices("litellm_") {
            let inside =
                text[..at].ends_with(|letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | ':'));
            let rest = &text[at..];
            let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(rest.len());
            let name = &rest[..end];
            let selected = rest[end..].starts_with(['{', '[']);
            if inside || !selected || told.contains(&name) {
                continue;
            }
            if litellm.never_metrics.iter().any(|never| never == name) && !is_recorded(name) {
                told.push(name);
                report
                    .at(value, format!("LiteLLM exports no `{name}`"))
                    .note(format!("as of {}", litellm.checked))
                    .help("litellm_proxy_total_requests_metric_total, litellm_total_tokens_metric_total, litellm_spend_metric_total, litellm_request_total_latency_metric_bucket");
            }
        }
    }
}
