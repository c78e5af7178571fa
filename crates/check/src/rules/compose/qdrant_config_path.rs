use crate::rules::prelude::*;

rule! {
    /// What Qdrant is told is laid under its image's own file, not over it.
    ///
    /// The image's `/qdrant/config/production.yaml` is laid over `/qdrant/config/config.yaml`, and sets `log_level`,
    /// `service.host` and `service.http_port`: what a mount at config.yaml says of these three is not in force. Before 1.2
    /// such a mount also loses every default that it does not say again. One's own goes in the place of production.yaml.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   qdrant:
    ///     image: qdrant/qdrant:v1.15.4
    ///     volumes: ["./qdrant.yaml:/qdrant/config/config.yaml:ro"]
    /// ```
    ///
    /// ```yaml qdrant.yaml bad
    /// service: { http_port: 7333 }
    /// storage: { storage_path: /qdrant/storage }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   qdrant:
    ///     image: qdrant/qdrant:v1.15.4
    ///     volumes: ["./qdrant.yaml:/qdrant/config/production.yaml:ro"]
    /// ```
    ///
    /// An information where the file is not seen, or says none of the three. Fix: safe; none where a command
    /// says what to read, or the place is taken. Source: Qdrant `src/settings.rs`
    /// (the order; the defaults are compiled in since 1.2.0, pull request 1776), `config/production.yaml` and `Dockerfile`
    /// (`RUN_MODE=production`); read 2026-11-28.
    RULE = "compose-qdrant-config-path", Warning, High, Look::Service(check)
}

/// What the image's production.yaml says, and so wins.
const IN_FORCE: [&str; 3] = ["log_level", "service.host", "service.http_port"];

fn check(project: &Project, service: &Service, report: &mut Report) {
    if let Some(mount) = service.mount_at("/qdrant/config/config.yaml").filter(|_| service.is("qdrant")) {
        let file = service.mounted(project).find(|(_, other)| other.target == mount.target).map(|(file, _)| file);
        let lost = file.and_then(|file| IN_FORCE.iter().find_map(|key| find(file, key)));
        let is_old = service.version().is_some_and(|version| version.below("1.2"));
        let what = match is_old {
            true => "this replaces the defaults of the image, all of them",
            false => "the image's production.yaml is laid over this, and wins",
        };
        let finding = report.at(mount.value, what);
        finding.help("mount it at /qdrant/config/production.yaml");
        match lost {
            Some(place) => _ = finding.related(place, "the image says this otherwise"),
            None if is_old => {}
            None => _ = finding.severity(Severity::Info),
        }
        // With the colon: a folder of the host may be called the same.
        let new = reworded(mount.value.written(), CONFIG, ":/qdrant/config/production.yaml");
        if let Some(new) = new.filter(|_| !mount.value.is_map() && reads_production(service)) {
            finding.safe_fix("mount it at /qdrant/config/production.yaml", vec![Edit::replace(mount.value, new)]);
        }
    }
}

const CONFIG: &str = ":/qdrant/config/config.yaml";

/// Whether the image will read that file, and nothing else lies there: it is told neither another mode nor what to read.
fn reads_production(service: &Service) -> bool {
    let is_taken = service
        .mounts
        .iter()
        .any(|mount| matches!(mount.target.as_str(), "/qdrant/config/production.yaml" | "/qdrant/config"));
    let mode = service.variable("RUN_MODE").map(|variable| variable.value.as_deref());
    !is_taken
        && !service.has("command")
        && !service.has("entrypoint")
        && mode.is_none_or(|mode| mode == Some("production"))
}
