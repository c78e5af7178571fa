use crate::rules::prelude::*;

rule! {
    /// An image without a version.
    ///
    /// What runs is whatever was newest when somebody last pulled: two hosts differ, a restart after a prune is an
    /// upgrade, and nobody can go back to "the one that worked".
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   web: { image: "ghcr.io/acme/web:latest" }
    ///   api: { image: ghcr.io/acme/api }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   web: { image: "ghcr.io/acme/web:1.4.2" }
    ///   own: { image: "acme:latest", build: . }
    /// ```
    ///
    /// Told once a file, with the other places below. Images that the file builds itself, and those whose tag comes from outside, are not meant. An
    /// information where something in the project watches for new images (Watchtower, Diun, Renovate). Source: Docker
    /// documentation, "Building best practices", "Pin base image versions" (tags are mutable; no audit trail of what runs);
    /// read 2026-11-27.
    RULE = "compose-image-latest", Warning, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    let Some(image) = service.image.as_ref().filter(|image| image.is_moving()) else { return };
    let built = |other: &Service| {
        other.image.as_ref().is_some_and(|built| built.repository == image.repository) && other.has("build")
    };
    // More is said of these by rules of their own.
    let own = service.is("postgres") || service.is("tempo");
    let local = image.repository == "scratch"
        || image.repository.starts_with("localhost/")
        || is_built_by_script(project, &image.repository);
    if service.has("build") || own || local || project.services_of(service.document).iter().any(built) {
        return;
    }
    let tag = image.tag.as_deref().map_or("has no tag".to_owned(), |tag| format!("has the tag `{tag}`, which moves"));
    let finding = report.at(service.image_place(), format!("the image {tag}: what runs depends on when it was pulled"));
    // Who has newer images fetched wants tags that move.
    if is_trial(service.document) || project.has_updater {
        finding.severity(Severity::Info);
    }
}

/// Whether a script of the project builds an image that comes from no registry.
fn is_built_by_script(project: &Project, repository: &str) -> bool {
    let builds = |file: &Document| {
        ["docker build", "buildx build", "podman build", "buildah", "docker compose build"]
            .iter()
            .any(|words| file.text.contains(words))
    };
    let kinds = [Kind::Shell, Kind::Makefile];
    let mut scripts = kinds.into_iter().flat_map(|kind| project.of_kind(kind));
    !repository.contains('/') && scripts.any(|file| file.text.contains(repository) && builds(file))
}
