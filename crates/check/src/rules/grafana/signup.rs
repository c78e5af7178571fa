use crate::rules::prelude::*;

rule! {
    /// Anybody may make an account in Grafana.
    ///
    /// Whoever reaches the page gets in as a viewer, and sees what the dashboards show. The default has been `false` for a
    /// long time, so only a written `true` is told.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   grafana: { image: "grafana/grafana:12.2.0", environment: { GF_USERS_ALLOW_SIGN_UP: "true" } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   grafana: { image: "grafana/grafana:12.2.0", environment: { GF_USERS_ALLOW_SIGN_UP: "false" } }
    /// ```
    ///
    /// Fix: safe for a Grafana whose users have accounts. Source: Grafana `conf/defaults.ini` (`allow_sign_up = false`,
    /// `auto_assign_org_role = Viewer`); read 2026-11-28.
    RULE = "grafana-signup-enabled", Warning, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    if let Some(variable) =
        service.variable("GF_USERS_ALLOW_SIGN_UP").filter(|variable| variable.value.as_deref() == Some("true"))
    {
        report.at(variable.place, "whoever reaches the page may make an account");
    }
}
