use crate::rules::prelude::*;

rule! {
    /// Grafana starts with a password that everybody knows.
    ///
    /// `admin` / `admin` is tried by every scanner, and Grafana holds the credentials of its data sources.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   grafana:
    ///     image: grafana/grafana:12.2.0
    ///     environment: { GF_SECURITY_ADMIN_PASSWORD: admin }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   grafana:
    ///     image: grafana/grafana:12.2.0
    ///     environment: { GF_SECURITY_ADMIN_PASSWORD: "${GRAFANA_PASSWORD:?}" }
    /// ```
    ///
    /// A warning where it is only what `${NAME:-admin}` falls back to, or the port is bound to the host itself; an information where both
    /// are so. Source: Grafana's `conf/defaults.ini` (`admin_password = admin`); read 2026-11-27.
    RULE = "grafana-default-admin-password", Error, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let Some(variable) = service.variable("GF_SECURITY_ADMIN_PASSWORD") else { return };
    let value = variable.value.as_deref().unwrap_or_default();
    if is_sample(variable.place.document()) {
        return;
    }
    if matches!(value, "admin" | "grafana" | "password" | "changeme" | "admin123" | "secret") {
        let finding = report.at(variable.place, "this password is the first one that is tried");
        let is_fallback = variable.place.text().is_some_and(|text| text.contains("${"));
        if service.is_for_the_host() {
            finding.severity(if is_fallback { Severity::Info } else { Severity::Warning });
        } else if is_fallback || is_trial(variable.place.document()) {
            finding.severity(Severity::Warning);
        }
    }
}
