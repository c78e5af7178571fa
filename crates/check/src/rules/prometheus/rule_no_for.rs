use crate::rules::prelude::*;

rule! {
    /// An alert fires at the first bad sample.
    ///
    /// Without `for` one missed scrape is an alarm and its end a minute later. People learn to look away.
    ///
    /// ```yaml alerts.yml bad
    /// groups:
    ///   - name: hosts
    ///     rules: [{ alert: Down, expr: up == 0, labels: { severity: critical } }]
    /// ```
    ///
    /// ```yaml alerts.yml good
    /// groups:
    ///   - name: hosts
    ///     rules: [{ alert: Down, expr: up == 0, for: 2m, labels: { severity: critical } }]
    /// ```
    ///
    /// Source: Prometheus `docs/configuration/alerting_rules.md` ("without the `for` clause will become active on the first
    /// evaluation"); read 2026-11-28.
    RULE = "prom-rule-no-for", Info, Medium, Look::File(&[Kind::PrometheusRules], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for (alert, rule) in super::alerts(document) {
        // What counts over a time itself needs no second one.
        let over_time = rule.get("expr").and_then(Value::text).is_some_and(|expr| {
            ["_over_time(", "increase(", "changes(", "absent"].iter().any(|word| expr.contains(word))
        });
        if rule.get("for").is_none() && !over_time {
            report.at(alert, "one bad sample is enough for this alert").help("for: 2m");
        }
    }
}
