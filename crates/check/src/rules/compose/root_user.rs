use crate::rules::prelude::*;

rule! {
    /// A service is told to run as root.
    ///
    /// An image that steps down to a user of its own is turned back into root, and with it every hole in the
    /// service. cAdvisor and Sysbox gateways have reasons.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   web: { image: "grafana/grafana:12.2.0", user: "0:0" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   web: { image: "grafana/grafana:12.2.0", user: "472:472" }
    ///   box: { image: "ghcr.io/openclaw/openclaw:2026.9.6", user: "0:0", runtime: sysbox-runc }
    /// ```
    ///
    /// Source: CIS Docker benchmark 4.1.
    RULE = "compose-root-user-unexpected", Warning, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let Some(user) = service.get("user") else { return };
    let root = user.text().is_some_and(|text| matches!(text.split(':').next(), Some("0" | "root")));
    let sysbox = service.get("runtime").and_then(Value::text) == Some("sysbox-runc");
    if root && !sysbox && !service.is("cadvisor") {
        report.at(user, format!("`{}` is made to run as root", service.name));
    }
}
