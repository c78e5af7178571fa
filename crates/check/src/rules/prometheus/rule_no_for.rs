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
    for (alert, rule) in super::alerts(document).filter(|(_, rule)| rule.get("for").is_none()) {
        let expr = rule.get("expr").and_then(Value::text).unwrap_or_default();
        // What counts over a time itself needs no second one.
        let is_over_time = ["_over_time(", "increase(", "changes(", "absent"].iter().any(|word| expr.contains(word));
        // A switch that always fires, so that its silence is noticed.
        if !is_over_time && !is_constant(expr) {
            report.at(alert, "one bad sample is enough for this alert").help("for: 2m");
        }
    }
}

/// `vector(1)`, `1`: what is true at all times.
fn is_constant(expr: &str) -> bool {
    let bare: String = expr.chars().filter(|letter| !letter.is_whitespace()).collect();
    let inside = bare.strip_prefix("vector(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(&bare);
    inside.parse::<f64>().is_ok() || matches!(bare.as_str(), "1==1" | "vector(1)==1" | "vector(1)>0")
}
