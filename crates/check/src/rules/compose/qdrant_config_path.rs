use crate::rules::prelude::*;

rule! {
    /// Qdrant's own configuration is replaced instead of added to.
    ///
    /// `/qdrant/config/config.yaml` holds the defaults of the image; a mount over it loses them all. What one adds
    /// belongs into `/qdrant/config/production.yaml`, which is laid over it.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   qdrant:
    ///     image: qdrant/qdrant:v1.15.4
    ///     volumes: ["./qdrant.yaml:/qdrant/config/config.yaml:ro"]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   qdrant:
    ///     image: qdrant/qdrant:v1.15.4
    ///     volumes: ["./qdrant.yaml:/qdrant/config/production.yaml:ro"]
    /// ```
    ///
    /// Fix: safe; none where a command says what to read, or the place is taken. Source: <https://qdrant.tech/documentation/guides/configuration/>; `RUN_MODE=production` in the image.
    RULE = "compose-qdrant-config-path", Warning, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    if let Some(mount) = service.mount_at("/qdrant/config/config.yaml").filter(|_| service.is("qdrant")) {
        let finding = report.at(mount.value, "this replaces the defaults of the image, all of them");
        finding.help("mount it at /qdrant/config/production.yaml");
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
