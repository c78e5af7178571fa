use crate::rules::prelude::*;

rule! {
    /// Promtail forgets how far it has read.
    ///
    /// Its positions file lies in the container: after each `up` it sends every log again, as duplicates or as entries
    /// that Loki refuses for being too old.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   promtail:
    ///     image: grafana/promtail:3.5.8
    ///     volumes: ["./promtail.yaml:/etc/promtail/config.yml:ro"]
    /// ```
    ///
    /// ```yaml promtail.yaml bad
    /// positions: { filename: /tmp/positions.yaml }
    /// clients: [{ url: "http://loki:3100/loki/api/v1/push" }]
    /// scrape_configs: []
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   promtail:
    ///     image: grafana/promtail:3.5.8
    ///     volumes: ["./promtail.yaml:/etc/promtail/config.yml:ro", "positions:/positions"]
    /// volumes: { positions: {} }
    /// ```
    ///
    /// ```yaml promtail.yaml good
    /// positions: { filename: /positions/positions.yaml }
    /// clients: [{ url: "http://loki:3100/loki/api/v1/push" }]
    /// scrape_configs: []
    /// ```
    ///
    /// Source: Loki v3.5.8 `send-data/promtail/configuration.md`, `positions` ("needed for when Promtail is restarted");
    /// read 2026-11-28.
    RULE = "compose-promtail-positions", Warning, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    let config = service.mounted(project).find(|(file, _)| file.kind == Kind::Promtail);
    let Some((file, _)) = config.filter(|_| service.is("promtail")) else { return };
    let Some(place) = find(file, "positions.filename") else { return };
    let Some(path) = place.literal() else { return };
    // What is sent to it has no position to remember.
    let has = |keys: &[&str]| file.maps().any(|map| keys.iter().any(|key| map.get(key).is_some()));
    if has(&SENT) && !has(&READ) {
        return;
    }
    let kept = service.mounts.iter().any(|mount| {
        let target = mount.target.trim_end_matches('/');
        path.starts_with(target) && path[target.len()..].starts_with('/') || path == target
    });
    if !kept {
        report
            .at(place, "the positions go with the container, and every log is sent again")
            .related(service.key, "no mount of this service holds it");
    }
}

/// How a job reads what it can read again from where it stopped.
const READ: [&str; 8] = [
    "cloudflare",
    "consul_sd_configs",
    "docker_sd_configs",
    "file_sd_configs",
    "journal",
    "kubernetes_sd_configs",
    "static_configs",
    "windows_events",
];

/// How a job is sent what it gets.
const SENT: [&str; 5] = ["gelf", "heroku_drain", "kafka", "loki_push_api", "syslog"];
