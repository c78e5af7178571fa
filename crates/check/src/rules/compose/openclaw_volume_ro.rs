use crate::rules::prelude::*;

rule! {
    /// OpenClaw cannot write its state, or loses it.
    ///
    /// Sessions, plugins, cron jobs and pairings lie in `/home/node/.openclaw`. Read-only, the gateway stops; without
    /// a mount, all of it goes with the container.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   openclaw:
    ///     image: ghcr.io/openclaw/openclaw:2026.9.6
    ///     init: true
    ///     volumes: ["./state:/home/node/.openclaw:ro"]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   openclaw:
    ///     image: ghcr.io/openclaw/openclaw:2026.9.6
    ///     init: true
    ///     volumes: ["./state:/home/node/.openclaw"]
    /// ```
    ///
    /// Source: <https://docs.openclaw.ai/install/docker>, "Storage and persistence"; read 2026-11-27.
    RULE = "compose-openclaw-volume-ro", Error, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    if !service.is("openclaw") || service.has("build") {
        return;
    }
    if let Some(mount) = service.mount_at("/home/node/.openclaw").filter(|mount| mount.read_only) {
        report.at(mount.value, "the gateway writes its sessions, plugins and jobs here");
    }
}
