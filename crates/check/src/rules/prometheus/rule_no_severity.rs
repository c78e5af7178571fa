use crate::rules::prelude::*;

rule! {
    /// An alert says nothing about how bad it is.
    ///
    /// Routes and silences go by the label `severity`; an alert without it goes wherever the default leads.
    ///
    /// ```yaml alerts.yml bad
    /// groups:
    ///   - name: hosts
    ///     rules: [{ alert: Down, expr: up == 0, for: 2m }]
    /// ```
    ///
    /// ```yaml alerts.yml good
    /// groups:
    ///   - name: hosts
    ///     rules: [{ alert: Down, expr: up == 0, for: 2m, labels: { severity: critical } }]
    /// ```
    ///
    /// The label is a custom, not a rule of Prometheus. Source: Prometheus `docs/configuration/alerting_rules.md` (its
    /// example has `severity: page`); read 2026-11-28.
    RULE = "prom-rule-no-severity", Info, Medium, Look::File(&[Kind::PrometheusRules], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for (alert, rule) in super::alerts(document) {
        if rule.path("labels.severity").is_none() {
            report.at(alert, "this alert has no `severity` to route by");
        }
    }
}
