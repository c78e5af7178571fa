use crate::rules::prelude::*;

rule! {
    /// Qdrant runs as a root that may not write into other people's folders.
    ///
    /// The image runs as root. With `cap_drop: [ALL]` root is a user like any other: in a folder of the host that belongs to
    /// somebody else it gets "Permission denied", and snapshots stop working first.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   qdrant:
    ///     image: qdrant/qdrant:v1.16.0
    ///     cap_drop: [ALL]
    ///     volumes: ["./data/qdrant:/qdrant/storage"]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   qdrant:
    ///     image: qdrant/qdrant:v1.16.0
    ///     cap_drop: [ALL]
    ///     cap_add: [DAC_OVERRIDE, FOWNER]
    ///     volumes: ["./data/qdrant:/qdrant/storage"]
    /// ```
    ///
    /// A folder that root owns on the host needs neither. Source: Qdrant `Dockerfile` (`USER_ID=0`), read 2026-11-28;
    /// capabilities(7), CAP_DAC_OVERRIDE; one production incident.
    RULE = "compose-cap-missing-for-volume-write", Warning, Medium, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let as_root = !service.has("user")
        && !service
            .image
            .as_ref()
            .and_then(|image| image.tag.as_deref())
            .is_some_and(|tag| tag.contains("unprivileged"));
    if !service.is("qdrant") || !as_root || !service.drops_all_capabilities() {
        return;
    }
    let added = service.added_capabilities();
    let has = |name: &str| added.iter().any(|have| have == name || have == "ALL");
    let writes = service
        .mounts
        .iter()
        .find(|mount| mount.kind == MountKind::Bind && !mount.read_only && mount.target.starts_with("/qdrant/s"));
    if let Some(mount) = writes.filter(|_| !has("DAC_OVERRIDE")) {
        report
            .at(
                service.get("cap_drop").unwrap_or(service.key),
                "without DAC_OVERRIDE this root writes only what it owns",
            )
            .related(mount.value, "a folder of the host")
            .help("cap_add: [DAC_OVERRIDE, FOWNER]");
    }
}
