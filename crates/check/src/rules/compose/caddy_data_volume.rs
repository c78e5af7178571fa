use crate::rules::prelude::*;

rule! {
    /// Caddy's certificates go with its container.
    ///
    /// They lie in `/data`. Without a volume there, each `up` after a change of image asks for all of them anew. Let's
    /// Encrypt gives the same names five certificates in a week, and then no more until days have passed.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   edge:
    ///     image: caddy:2.11
    ///     ports: ["80:80", "443:443"]
    ///     volumes: ["./Caddyfile:/etc/caddy/Caddyfile:ro"]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   edge:
    ///     image: caddy:2.11
    ///     ports: ["80:80", "443:443"]
    ///     volumes: ["./Caddyfile:/etc/caddy/Caddyfile:ro", "caddy:/data"]
    /// volumes: { caddy: {} }
    /// ```
    ///
    /// Source: docker-library/docs `caddy/content.md` ("The data directory must not be treated as a cache") and
    /// caddyserver/caddy-docker `alpine/Dockerfile` (`XDG_DATA_HOME=/data`), read 2026-11-28;
    /// <https://letsencrypt.org/docs/rate-limits/>.
    RULE = "compose-caddy-data-volume", Warning, Medium, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    let kept = service.mounts.iter().any(|mount| {
        matches!(mount.target.trim_end_matches('/'), "/data" | "/data/caddy") && mount.kind != MountKind::Anonymous
    });
    if !service.is("caddy") || kept || service.has("build") {
        return;
    }
    let environment = ["XDG_DATA_HOME"].iter().any(|name| service.variable(name).is_some());
    // Behind another edge Caddy has no certificates to lose.
    let file =
        service.mounted(project).find(|(file, _)| file.kind == Kind::Caddyfile).map(|(file, _)| file.text.as_str());
    let without = file.is_some_and(|text| {
        text.contains("auto_https off")
            || text.contains("storage ")
            || all_have_their_own(text)
            || text.lines().all(|line| {
                !line.ends_with('{') || line.starts_with([' ', '\t', ':', '{', '(']) || line.starts_with("http://")
            })
    });
    let serves_https = service.ports.iter().any(|port| port.reaches(443));
    if !environment && !without && serves_https {
        report
            .at(service.key, "the certificates lie in /data, which goes with the container")
            .help("volumes: [\"caddy_data:/data\"]");
    }
}

/// Whether each site of a Caddyfile is plain HTTP or brings a certificate and its key: `tls cert.pem key.pem`.
fn all_have_their_own(text: &str) -> bool {
    let mut sites: Vec<(&str, bool)> = Vec::new();
    for line in text.lines() {
        let is_head = line.trim_end().ends_with('{') && !line.starts_with([' ', '\t', '{', '(', '#']);
        if is_head {
            sites.push((line, false));
        } else if let Some((_, brings)) = sites.last_mut() {
            let words: Vec<&str> = line.split_whitespace().collect();
            *brings |= matches!(words.as_slice(), ["tls", _, key, ..] if *key != "{");
        }
    }
    !sites.is_empty() && sites.iter().all(|(head, brings)| *brings || head.starts_with("http://"))
}
