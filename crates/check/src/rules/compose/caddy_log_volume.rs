use crate::rules::prelude::*;

use crate::rules::caddy::all_lines;

rule! {
    /// Caddy writes its log into the container.
    ///
    /// What lies in no volume goes with the container: after each `up` with a new image the log is gone, and what reads it
    /// from outside, such as fail2ban, never sees it.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   edge:
    ///     image: caddy:2.11
    ///     volumes: ["./Caddyfile:/etc/caddy/Caddyfile:ro", "data:/data"]
    /// volumes: { data: {} }
    /// ```
    ///
    /// ```caddy Caddyfile bad
    /// example.org {
    ///     log {
    ///         output file /var/log/caddy/access.log
    ///     }
    ///     reverse_proxy app:8080
    /// }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   edge:
    ///     image: caddy:2.11
    ///     volumes: ["./Caddyfile:/etc/caddy/Caddyfile:ro", "data:/data", "logs:/var/log/caddy"]
    /// volumes: { data: {}, logs: {} }
    /// ```
    ///
    /// ```caddy Caddyfile good
    /// example.org {
    ///     log {
    ///         output file /var/log/caddy/access.log
    ///     }
    ///     reverse_proxy app:8080
    /// }
    /// ```
    ///
    /// Source: caddyserver/website `caddyfile/directives/log.md`, output module `file`; read 2026-11-28.
    RULE = "compose-caddy-log-volume", Warning, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    if !service.is("caddy") {
        return;
    }
    for (file, _) in service.mounted(project).filter(|(file, _)| file.kind == Kind::Caddyfile) {
        for line in all_lines(file).filter(|line| line.word_text(0) == "output" && line.word_text(1) == "file") {
            let Some(place) = line.word(2) else { continue };
            let Some(path) = place.literal().filter(|path| path.starts_with('/') && !path.contains('{')) else {
                continue;
            };
            let kept = service.mounts.iter().any(|mount| {
                path.strip_prefix(mount.target.trim_end_matches('/'))
                    .is_some_and(|rest| rest.starts_with('/') || rest.is_empty())
            });
            if !kept {
                report
                    .at(place, "this log goes with the container")
                    .related(service.key, "no mount of this service holds it");
            }
        }
    }
}
