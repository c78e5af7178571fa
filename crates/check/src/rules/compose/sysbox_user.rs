use crate::rules::prelude::*;

rule! {
    /// A Sysbox container runs as somebody other than root.
    ///
    /// Sysbox maps the container's root to nobody of the host's; dockerd inside must be that root, and cannot start
    /// as another user.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   gateway: { image: "ghcr.io/openclaw/openclaw:2026.9.6", runtime: sysbox-runc, user: "1000:1000" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   gateway: { image: "ghcr.io/openclaw/openclaw:2026.9.6", runtime: sysbox-runc, user: "0:0" }
    /// ```
    ///
    /// Source: Sysbox user guide, "Docker-in-Docker"; not tried by piton, so a warning.
    RULE = "compose-sysbox-user", Warning, Medium, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let sysbox = service.get("runtime").and_then(Value::text) == Some("sysbox-runc");
    let Some(user) = service.get("user").filter(|_| sysbox) else { return };
    if user.literal().is_some_and(|text| !matches!(text.split(':').next(), Some("0" | "root"))) {
        report.at(user, "Docker inside of a Sysbox container must be started by the container's root");
    }
}
