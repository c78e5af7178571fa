use crate::rules::prelude::*;

use crate::project::join;

rule! {
    /// Sandboxes are asked for where no Docker is to be had.
    ///
    /// `sandbox.mode` of `all` or `non-main` has the gateway start containers. The official image has no Docker to talk to: the
    /// first command ends with "spawn docker" and an error, and the agent can do nothing.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   openclaw:
    ///     image: ghcr.io/openclaw/openclaw:2026.9.6
    ///     init: true
    ///     volumes: ["./state:/home/node/.openclaw"]
    /// ```
    ///
    /// ```json state/openclaw.json bad
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { mode: "all" } } } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   openclaw:
    ///     build: ./openclaw
    ///     image: ghcr.io/openclaw/openclaw:2026.9.6
    ///     init: true
    ///     volumes: ["./state:/home/node/.openclaw"]
    /// ```
    ///
    /// ```json state/openclaw.json good
    /// { gateway: { mode: "local" }, agents: { defaults: { sandbox: { mode: "all" } } } }
    /// ```
    ///
    /// Told for the official image without a build, a socket or `DOCKER_HOST`. Source: openclaw/openclaw `Dockerfile` (the Docker
    /// client only with OPENCLAW_INSTALL_DOCKER_CLI), docs.openclaw.ai/gateway/sandboxing.
    RULE = "openclaw-sandbox-needs-docker", Warning, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    let official = service.image.as_ref().is_some_and(|image| image.repository == "ghcr.io/openclaw/openclaw");
    let socket = service.mounts.iter().any(|mount| mount.target.ends_with("docker.sock"));
    if !official
        || socket
        || service.has("build")
        || service.variable("DOCKER_HOST").is_some()
        || service.has("runtime")
    {
        return;
    }
    let sources = service
        .mounts
        .iter()
        .filter(|mount| mount.kind == MountKind::Bind)
        .filter_map(|mount| join(mount.value.document().folder(), mount.source.as_deref()?));
    let folders: Vec<String> = sources.collect();
    let reads = |file: &&Document| folders.iter().any(|folder| file.path == *folder || file.folder() == folder);
    for file in project.of_kind(Kind::OpenClaw).filter(reads) {
        let Some(sandbox) = super::section(file, "agents.defaults.sandbox") else { continue };
        let other = sandbox.get("backend").is_some_and(|backend| backend.text() != Some("docker"));
        let mode = sandbox.get("mode").filter(|mode| matches!(mode.literal(), Some("all" | "non-main")));
        if let Some(mode) = mode.filter(|_| !other) {
            report
                .at(mode, "the gateway's container has no Docker to start sandboxes with")
                .related(service.image_place(), "this image")
                .help("an image with the Docker client and a socket proxy, or another sandbox backend");
        }
    }
}
