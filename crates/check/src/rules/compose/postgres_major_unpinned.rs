use crate::rules::prelude::*;

rule! {
    /// PostgreSQL without a major version.
    ///
    /// The next pull may bring a new major, which refuses the data folder of the old one: "database files are
    /// incompatible with server". Upgrading needs the old program, which is then gone from the host.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   db: { image: "postgres:latest" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   db: { image: "postgres:18-alpine" }
    ///   vector: { image: "pgvector/pgvector:pg18" }
    /// ```
    ///
    /// Tried with PostgreSQL 15.18 on a folder whose PG_VERSION says 14, 2026-11-28: "FATAL: database files are
    /// incompatible with server".
    RULE = "compose-postgres-major-unpinned", Error, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let Some(image) = service.image.as_ref().filter(|_| service.is("postgres") && !service.has("build")) else {
        return;
    };
    let alpine = image.tag.as_deref().is_some_and(|tag| matches!(tag, "alpine" | "bookworm" | "trixie"));
    // It has moved to pgvector/pgvector, and its last image stays what it is.
    if image.repository == "ankane/pgvector" {
        return;
    }
    if image.is_moving() || (alpine && !image.has_digest) {
        let finding =
            report.at(service.image_place(), "the next pull may bring a new major version, which refuses this data");
        finding.help("name the major version: postgres:18");
        // Data that nobody keeps is not missed.
        if !service.mounts.iter().any(|mount| mount.target.starts_with("/var/lib/postgresql")) {
            finding.severity(Severity::Warning);
        }
    }
}
