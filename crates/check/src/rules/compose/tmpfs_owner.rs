use crate::rules::prelude::*;

rule! {
    /// A home folder in memory belongs to root.
    ///
    /// Docker mounts a tmpfs as root unless it is told a uid, with the mode that the folder has in the image: a home of mode 0755
    /// cannot be written to by its own user. A folder that the image has not got is open to all.
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
    /// Told of the home itself only, not of folders in it. Source: runc `rootfs_linux.go` (the tmpfs gets the mode of the folder that it
    /// covers); Docker documentation, tmpfs mounts; read 2026-11-27. One production incident.
    RULE = "compose-tmpfs-owner", Warning, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    for mount in service.all("tmpfs") {
        let home = mount.literal().is_some_and(|text| {
            is_home(text.split(':').next().unwrap_or_default()) && !text.contains("uid=") && !text.contains("mode=")
        });
        if home {
            report.at(mount, WHAT).help("/home/…:uid=1000,gid=1000");
        }
    }
    for mount in service.mounts.iter().filter(|mount| mount.kind == MountKind::Temporary) {
        let has_mode = mount.value.path("tmpfs.mode").is_some();
        if is_home(&mount.target) && !has_mode {
            report
                .at(mount.value, WHAT)
                .help("tmpfs: [\"/home/…:uid=1000,gid=1000\"], since the long form knows no owner");
        }
    }
}

/// Whether it is somebody's home, and not a folder in it. That of www-data is made for anybody by those who have one.
fn is_home(path: &str) -> bool {
    let name = path.trim_end_matches('/').strip_prefix("/home/").unwrap_or_default();
    !name.is_empty() && !name.contains('/') && name != "www-data"
}

const WHAT: &str = "this home belongs to root, and its user cannot write to it";
