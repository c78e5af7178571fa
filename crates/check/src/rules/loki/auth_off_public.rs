use crate::meant;
use crate::rules::prelude::*;

rule! {
    /// Loki is published, and asks for no tenant.
    ///
    /// With `auth_enabled: false` whoever reaches port 3100 reads all logs and writes what he likes into them.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   loki:
    ///     image: grafana/loki:3.4.2
    ///     ports: ["0.0.0.0:3100:3100"]
    ///     volumes: ["./loki.yaml:/etc/loki/config.yaml:ro"]
    /// ```
    ///
    /// ```yaml loki.yaml bad
    /// auth_enabled: false
    /// schema_config: { configs: [] }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   loki:
    ///     image: grafana/loki:3.4.2
    ///     ports: ["10.0.0.2:3100:3100"]
    ///     volumes: ["./loki.yaml:/etc/loki/config.yaml:ro"]
    /// ```
    ///
    /// ```yaml loki.yaml good
    /// auth_enabled: false
    /// schema_config: { configs: [] }
    /// ```
    ///
    /// A warning in files for development and tests, and where the files say that other hosts write to it. Source: Loki documentation, "Manage authentication" ("Loki does not come
    /// with any included authentication layer"); read 2026-11-27.
    RULE = "loki-auth-off-public", Error, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    let Some(port) =
        service.ports.iter().find(|port| port.is_public() && port.reaches(3100)).filter(|_| service.is("loki"))
    else {
        return;
    };
    let off = service
        .mounted(project)
        .find_map(|(file, _)| find(file, "auth_enabled").filter(|value| value.truth() == Some(false)));
    if let Some(off) = off {
        let finding = report.at(off, "whoever reaches the host reads all logs");
        finding.related(port.value, "published here");
        let is_less = is_trial(port.value.document()) || is_trial(off.document());
        if is_less || meant::is_for_others(project, service, port) {
            finding.severity(Severity::Warning);
        }
    }
}
