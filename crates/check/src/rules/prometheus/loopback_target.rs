use super::scraped;
use crate::rules::prelude::*;

rule! {
    /// Prometheus in a container scrapes localhost.
    ///
    /// That is the container itself: only Prometheus's own port answers there. The exporter beside it is reached by its
    /// service's name, one on the host by host.docker.internal.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   prometheus:
    ///     image: prom/prometheus:v3.5.3
    ///     volumes: ["./prometheus.yml:/etc/prometheus/prometheus.yml:ro"]
    /// ```
    ///
    /// ```yaml prometheus.yml bad
    /// scrape_configs: [{ job_name: node, static_configs: [{ targets: ["localhost:9100"] }] }]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   prometheus:
    ///     image: prom/prometheus:v3.5.3
    ///     volumes: ["./prometheus.yml:/etc/prometheus/prometheus.yml:ro"]
    /// ```
    ///
    /// ```yaml prometheus.yml good
    /// scrape_configs:
    ///   - { job_name: self, static_configs: [{ targets: ["localhost:9090"] }] }
    ///   - { job_name: node, static_configs: [{ targets: ["node-exporter:9100"] }] }
    /// ```
    ///
    /// Tried with two network namespaces, which is what containers have, 2026-11-28: what listens in one is refused at
    /// 127.0.0.1 in the other, and answers at its address.
    RULE = "prom-loopback-target", Error, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    for target in scraped(project, service) {
        let Some((host, port)) = target.literal().and_then(|text| text.rsplit_once(':')) else { continue };
        if matches!(host, "localhost" | "127.0.0.1") && port != "9090" {
            report
                .at(target, "localhost is Prometheus's own container: nothing answers there")
                .related(service.key, "this service reads the file");
        }
    }
}
