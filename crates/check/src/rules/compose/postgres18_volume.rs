use crate::rules::prelude::*;

rule! {
    /// PostgreSQL 18 keeps its data in another folder than before.
    ///
    /// From 18 on the image's data folder is `/var/lib/postgresql/18/docker` and its volume `/var/lib/postgresql`. A
    /// mount at `/var/lib/postgresql/data`, right for 17, makes the container stop with a long message; older 18
    /// images started, wrote into an unnamed volume, and the data was gone with the next `up`.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   db:
    ///     image: postgres:18-alpine
    ///     volumes: ["data:/var/lib/postgresql/data"]
    /// volumes: { data: {} }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   db:
    ///     image: postgres:18-alpine
    ///     volumes: ["data:/var/lib/postgresql"]
    ///   old:
    ///     image: postgres:17
    ///     volumes: ["old:/var/lib/postgresql/data"]
    ///   own:
    ///     image: postgres:18
    ///     environment: { PGDATA: /var/lib/postgresql/data/pgdata }
    ///     volumes: ["own:/var/lib/postgresql/data"]
    /// volumes: { data: {}, old: {}, own: {} }
    /// ```
    ///
    /// Fix: unsafe, since a folder with data of 17 must be upgraded first (`pg_upgrade`), not mounted elsewhere.
    /// Source: docker-library/postgres pull request 1259, `18/trixie/Dockerfile` (PGDATA
    /// /var/lib/postgresql/18/docker, VOLUME /var/lib/postgresql) and the message of its entrypoint; read 2026-11-27.
    RULE = "compose-postgres18-volume", Error, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    let official = service
        .image
        .as_ref()
        .is_some_and(|image| matches!(image.repository.as_str(), "postgres" | "pgvector/pgvector" | "postgis/postgis"));
    let Some(mount) = service.mount_at("/var/lib/postgresql/data").filter(|_| official) else { return };
    if service.variable("PGDATA").is_some() || service.has("build") || is_told_elsewhere(project, service) {
        return;
    }
    let newest = service.image.as_ref().is_some_and(|image| image.is_moving());
    let from_18 = service.version().is_some_and(|version| version.major() >= 18);
    if !newest && !from_18 {
        return;
    }
    let what = if newest { "the newest PostgreSQL (18 or later)" } else { "PostgreSQL 18" };
    let finding = report.at(
        mount.value,
        format!("{what} does not keep its data here: the container stops, or the data lies in a volume without a name"),
    );
    finding
        .related(service.image_place(), "this image")
        .help("mount /var/lib/postgresql; data of an older version needs pg_upgrade first");
    // It may name the folder.
    if service.lacks_env_file(project) {
        finding.severity(Severity::Warning);
    }
    // With the colon: a folder of the host may be called the same.
    let new = reworded(mount.value.written(), ":/var/lib/postgresql/data", ":/var/lib/postgresql");
    if let Some(new) = new.filter(|_| !mount.value.is_map()) {
        finding.unsafe_fix("mount /var/lib/postgresql", vec![Edit::replace(mount.value, new)]);
    }
}

/// Whether an env file of the service is not here, and one that shows what is in it moves the folder.
fn is_told_elsewhere(project: &Project, service: &Service) -> bool {
    let folder = service.document.folder();
    let shows =
        |file: &Document| file.folder() == folder && file.file_name().contains("env") && file.text.contains("PGDATA=");
    service.has("env_file") && project.documents.iter().any(shows)
}
