use crate::rules::prelude::*;

rule! {
    /// Scripts for the first start, and a data folder that stays.
    ///
    /// `/docker-entrypoint-initdb.d` runs only while the data folder is empty. A database added there later is never
    /// made, and the service that wants it fails on the hosts that were there before.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   db:
    ///     image: postgres:18
    ///     volumes: ["data:/var/lib/postgresql", "./init:/docker-entrypoint-initdb.d:ro"]
    /// volumes: { data: {} }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   db:
    ///     image: postgres:18
    ///     volumes: ["data:/var/lib/postgresql"]
    /// volumes: { data: {} }
    /// ```
    ///
    /// Source: docker-library/postgres `docker-entrypoint.sh` (`DATABASE_ALREADY_EXISTS`) and docker-library/docs
    /// `postgres/content.md` ("only run if you start the container with a data directory that is empty"); read 2026-11-28.
    RULE = "compose-initdb-only-first-run", Info, High, Look::Service(check), strict
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let scripts = service.mounts.iter().find(|mount| mount.target.starts_with("/docker-entrypoint-initdb.d"));
    let stays =
        service.mounts.iter().any(|mount| mount.target.starts_with("/var/lib/") && mount.kind != MountKind::Anonymous);
    if let Some(mount) = scripts.filter(|_| stays) {
        report
            .at(mount.value, "these scripts run only while the data folder is empty")
            .help("provision later databases in a step that may run again");
    }
}
