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
    /// Fix: safe. Source: <https://qdrant.tech/documentation/guides/configuration/>; `RUN_MODE=production` in the image.
    RULE = "compose-qdrant-config-path", Warning, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    if let Some(mount) = service.mount_at("/qdrant/config/config.yaml").filter(|_| service.is("qdrant")) {
        let text = mount.value.written().replace("/qdrant/config/config.yaml", "/qdrant/config/production.yaml");
        let finding = report.at(mount.value, "this replaces the defaults of the image, all of them");
        finding.help("mount it at /qdrant/config/production.yaml");
        if !mount.value.is_map() {
            finding.safe_fix("mount it at /qdrant/config/production.yaml", vec![Edit::replace(mount.value, text)]);
        }
    }
}
