use crate::rules::prelude::*;

rule! {
    /// Everybody is Grafana's administrator.
    ///
    /// Whoever opens the page may change data sources, read what they reach, and make keys that stay. It comes from
    /// demonstrations, where nobody wants to log in.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   grafana:
    ///     image: grafana/grafana:12.2.0
    ///     environment: { GF_AUTH_ANONYMOUS_ENABLED: "true", GF_AUTH_ANONYMOUS_ORG_ROLE: Admin }
    ///     ports: ["3000:3000"]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   grafana:
    ///     image: grafana/grafana:12.2.0
    ///     environment: { GF_AUTH_ANONYMOUS_ENABLED: "true", GF_AUTH_ANONYMOUS_ORG_ROLE: Viewer }
    ///     ports: ["127.0.0.1:3000:3000"]
    /// ```
    ///
    /// An error where the port is published to whoever reaches the host, else a warning. Source: Grafana
    /// documentation, "User Authentication Overview" (`org_role` of `[auth.anonymous]`); read 2026-11-27.
    RULE = "grafana-anonymous-admin", Error, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let value = |name: &str| service.variable(name).and_then(|variable| variable.value.as_deref()).unwrap_or_default();
    let on = matches!(value("GF_AUTH_ANONYMOUS_ENABLED").to_ascii_lowercase().as_str(), "true" | "1" | "yes" | "on");
    let Some(role) = service.variable("GF_AUTH_ANONYMOUS_ORG_ROLE").filter(|_| on) else { return };
    if role.value.as_deref() != Some("Admin") {
        return;
    }
    let public = service.ports.iter().find(|port| port.is_public() && port.reaches(3000) && port.host.is_some());
    let finding = report.at(role.place, "whoever opens this Grafana is its administrator, without a login");
    finding.help("GF_AUTH_ANONYMOUS_ORG_ROLE: Viewer, or no anonymous access");
    match public {
        Some(port) if !is_trial(service.document) => finding.related(port.value, "published here"),
        _ => finding.severity(Severity::Warning),
    };
}
