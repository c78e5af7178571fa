use super::scraped;
use crate::rules::prelude::*;

rule! {
    /// Prometheus asks a service at the port of the host.
    ///
    /// Containers reach each other at the port on which the program listens. The port in front of the colon is the host's,
    /// and behind the service's name nobody answers there.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   prometheus:
    ///     image: prom/prometheus:v3.5.3
    ///     volumes: ["./prometheus.yml:/etc/prometheus/prometheus.yml:ro"]
    ///   web-exporter:
    ///     image: nginx/nginx-prometheus-exporter:1.5.0
    ///     ports: ["127.0.0.1:9114:9113"]
    /// ```
    ///
    /// ```yaml prometheus.yml bad
    /// scrape_configs: [{ job_name: web, static_configs: [{ targets: ["web-exporter:9114"] }] }]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   prometheus:
    ///     image: prom/prometheus:v3.5.3
    ///     volumes: ["./prometheus.yml:/etc/prometheus/prometheus.yml:ro"]
    ///   web-exporter:
    ///     image: nginx/nginx-prometheus-exporter:1.5.0
    ///     ports: ["127.0.0.1:9114:9113"]
    /// ```
    ///
    /// ```yaml prometheus.yml good
    /// scrape_configs: [{ job_name: web, static_configs: [{ targets: ["web-exporter:9113"] }] }]
    /// ```
    ///
    /// A reviewer of real files named it. Source: <https://docs.docker.com/compose/how-tos/networking/> (`db` published as
    /// "8001:5432" is `db:5432` for its neighbours); read 2026-11-28. Evidence: the files themselves contradict each other.
    RULE = "prom-target-host-port", Warning, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    for target in scraped(project, service).take(MOST) {
        let Some((host, port)) = target.literal().and_then(|text| text.rsplit_once(':')) else { continue };
        let Ok(port) = port.parse::<u16>() else { continue };
        let Some(other) = project.together(service.document).find(|other| other.answers_to(host)) else { continue };
        let taken =
            |one: &&crate::compose::Port| !one.is_udp && one.host.as_ref().is_some_and(|range| range.contains(&port));
        let listens = other.ports.iter().any(|one| one.reaches(port));
        if let Some(mapping) = other.ports.iter().find(taken).filter(|_| !listens) {
            let inside = mapping.container.as_ref().map_or(0, |range| *range.start());
            report
                .at(target, format!("{port} is the host's port: `{host}` listens on {inside}"))
                .related(mapping.value, "published here")
                .help(format!("{host}:{inside}"));
        }
    }
}

/// More targets than this are not compared.
const MOST: usize = 250;
