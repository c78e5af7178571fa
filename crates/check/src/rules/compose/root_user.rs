use crate::purpose;
use crate::rules::prelude::*;

rule! {
    /// A service is told to run as root.
    ///
    /// An image that steps down to a user of its own is turned back into root, and with it every hole in the
    /// service. cAdvisor, Sysbox gateways, and what only prepares volumes for others have reasons.
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
    /// An information where the program's own Compose file does so. Not told where it takes back a user that a merged anchor
    /// brings: that is the image's own again. Source: CIS Docker benchmark 4.1.
    RULE = "compose-root-user-unexpected", Warning, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let Some(user) = service.get("user") else { return };
    let root = user.text().is_some_and(|text| matches!(text.split(':').next(), Some("0" | "root")));
    let sysbox = service.get("runtime").and_then(Value::text) == Some("sysbox-runc");
    // Who prepares volumes for others, or has the host's root by the socket anyway, loses nothing by it.
    let prepares =
        service.name.split(['-', '_']).any(|part| matches!(part, "init" | "setup" | "permissions" | "migrate"))
            || ["command", "entrypoint"]
                .iter()
                .any(|key| service.words(key).iter().any(|(_, word)| word.contains("chown")));
    let has_socket = service
        .mounts
        .iter()
        .any(|mount| mount.source.as_deref().is_some_and(|source| source.ends_with("docker.sock")));
    if root && !sysbox && !service.is("cadvisor") && !prepares && !has_socket && !undoes(service) {
        let finding = report.at(user, format!("`{}` is made to run as root", service.name));
        if purpose::runs_as_root(service) {
            finding.severity(Severity::Info);
        }
    }
}

/// Whether another user would come with a merge, `<<: *base`, so that this is the image's own again.
fn undoes(service: &Service) -> bool {
    let Some((_, own)) = find(service.document, "services").and_then(|all| all.entry(service.name)) else {
        return false;
    };
    own.merged().any(|merged| merged.get("user").is_some())
}
