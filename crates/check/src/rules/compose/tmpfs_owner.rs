use crate::rules::prelude::*;

rule! {
    /// A home folder in memory belongs to root.
    ///
    /// Docker mounts a tmpfs as root unless it is told a uid: the user of the container cannot write to its own home.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   agent:
    ///     image: ghcr.io/acme/agent:1.0.0
    ///     user: "1000:1000"
    ///     tmpfs: ["/home/node"]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   agent:
    ///     image: ghcr.io/acme/agent:1.0.0
    ///     user: "1000:1000"
    ///     tmpfs: ["/home/node:uid=1000,gid=1000", "/tmp"]
    /// ```
    ///
    /// Source: Docker documentation, tmpfs mounts; one production incident.
    RULE = "compose-tmpfs-owner", Warning, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    for mount in service.all("tmpfs") {
        let home = mount
            .literal()
            .is_some_and(|text| text.starts_with("/home/") && !text.contains("uid=") && !text.contains("mode="));
        if home {
            report.at(mount, WHAT).help("/home/…:uid=1000,gid=1000");
        }
    }
    for mount in service.mounts.iter().filter(|mount| mount.kind == MountKind::Temporary) {
        let has_mode = mount.value.path("tmpfs.mode").is_some();
        if mount.target.starts_with("/home/") && !has_mode {
            report
                .at(mount.value, WHAT)
                .help("tmpfs: [\"/home/…:uid=1000,gid=1000\"], since the long form knows no owner");
        }
    }
}

const WHAT: &str = "this home belongs to root, and its user cannot write to it";
