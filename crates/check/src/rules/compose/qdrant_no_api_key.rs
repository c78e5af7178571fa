use crate::meant;
use crate::rules::prelude::*;

rule! {
    /// Qdrant answers everybody.
    ///
    /// Without an API key whoever reaches port 6333 reads, changes and deletes every collection. Behind a network of
    /// its own that is a second line that is missing; published, it is an open database.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   qdrant: { image: "qdrant/qdrant:v1.15.4", ports: ["6333:6333"] }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   qdrant:
    ///     image: qdrant/qdrant:v1.15.4
    ///     environment: { QDRANT__SERVICE__API_KEY: "${QDRANT_API_KEY}" }
    /// ```
    ///
    /// An error where the port is published to the world. Source: Qdrant `config/config.yaml` (`service.host: 0.0.0.0`,
    /// `api_key` commented out) and `src/settings.rs` (the variable's name); read 2026-11-28.
    RULE = "compose-qdrant-no-api-key", Info, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    if !service.is("qdrant") || service.has("build") {
        return;
    }
    let by_variable =
        service.variables.iter().any(|variable| variable.name.eq_ignore_ascii_case("QDRANT__SERVICE__API_KEY"));
    let by_file = service.mounted(project).any(|(file, _)| find(file, "service.api_key").is_some());
    let unseen =
        service.has("env_file") || service.mounts.iter().any(|mount| mount.target.starts_with("/qdrant/config"));
    if by_variable || by_file || unseen {
        return;
    }
    let public = service.ports.iter().find(|port| port.is_public() && (port.reaches(6333) || port.reaches(6334)));
    match public {
        Some(port) => {
            let is_less = is_trial(port.value.document()) || meant::is_said(project, service, port);
            let severity = if is_less { Severity::Warning } else { Severity::Error };
            report.at(port.value, "an open Qdrant is published to whoever reaches the host").severity(severity)
        }
        None => report.at(service.key, "Qdrant answers whoever reaches it, without a key"),
    }
    .help("set QDRANT__SERVICE__API_KEY");
}
