use super::sources;
use crate::address::{BY_NAME, host_and_port, is_localhost};
use crate::rules::prelude::*;
use std::cell::LazyCell;

rule! {
    /// Grafana in a container looks for its data at localhost.
    ///
    /// Grafana itself asks the data source, and localhost is its own container: each panel says "connection refused". The
    /// source is reached by its service's name, one on the host by host.docker.internal.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   grafana:
    ///     image: grafana/grafana:12.1.1
    ///     volumes: ["./provisioning:/etc/grafana/provisioning:ro"]
    ///   prometheus:
    ///     image: prom/prometheus:v3.5.3
    /// ```
    ///
    /// ```yaml provisioning/datasources/metrics.yaml bad
    /// apiVersion: 1
    /// datasources: [{ name: Metrics, type: prometheus, uid: metrics, access: proxy, url: "http://localhost:9090" }]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   grafana:
    ///     image: grafana/grafana:12.1.1
    ///     volumes: ["./provisioning:/etc/grafana/provisioning:ro"]
    ///   prometheus:
    ///     image: prom/prometheus:v3.5.3
    /// ```
    ///
    /// ```yaml provisioning/datasources/metrics.yaml good
    /// apiVersion: 1
    /// datasources:
    ///   - { name: Metrics, type: prometheus, uid: metrics, access: proxy, url: "http://prometheus:9090" }
    ///   - { name: Browser, type: prometheus, uid: browser, access: direct, url: "http://localhost:9090" }
    /// ```
    ///
    /// `access: direct` means the localhost of whoever looks. Source: a sample of
    /// such a file by Grafana ("access mode. direct or proxy"); read 2026-11-28. Tried with two network namespaces, which is what containers have, on the same day: what listens in one is
    /// refused at 127.0.0.1 in the other.
    RULE = "grafana-loopback-datasource", Error, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    if !service.is("grafana") || service.has("network_mode") || service.has("build") || service.has("entrypoint") {
        return;
    }
    let is_shared = LazyCell::new(|| service.is_shared(project));
    let files = service.mounted(project).map(|(file, _)| file).filter(|file| file.kind == Kind::GrafanaDatasources);
    for source in files.flat_map(sources) {
        let Some(value) = source.get("url") else { continue };
        let is_direct = source.get("access").and_then(Value::text) == Some("direct");
        let Some(text) = value.literal().filter(|_| !is_direct) else { continue };
        let Some((host, port)) = host_and_port(text) else { continue };
        // At 3000 Grafana may mean itself.
        let is_local = is_localhost(host) && port != 3000;
        if !is_local || service.variable("GF_SERVER_HTTP_PORT").is_some() || *is_shared {
            continue;
        }
        let near = project.together(service.document).find(|other| {
            let private = other.program.is_some_and(|program| program.private_ports.contains(&port));
            other.name != service.name && (private || other.ports.iter().any(|one| one.reaches(port)))
        });
        let finding = report.at(value, "localhost is Grafana's own container: nothing answers there");
        finding.related(service.key, "this service reads the file");
        match near {
            Some(other) => finding.help(format!("`{}` instead of `{host}`", other.name)),
            None => finding.help(BY_NAME),
        };
    }
}
