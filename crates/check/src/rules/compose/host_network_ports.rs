use crate::rules::prelude::*;

rule! {
    /// `ports` beside `network_mode: host` does nothing.
    ///
    /// The container is on the host's network and listens where its program says. Whoever wrote `ports` thinks that
    /// it is published there, or only there.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   exporter:
    ///     image: prom/node-exporter:v1.11.1
    ///     network_mode: host
    ///     ports: ["127.0.0.1:9100:9100"]
    ///     command: ["--web.listen-address=127.0.0.1:9100"]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   exporter:
    ///     image: prom/node-exporter:v1.11.1
    ///     network_mode: host
    ///     command: ["--web.listen-address=127.0.0.1:9100"]
    /// ```
    ///
    /// Source: <https://docs.docker.com/engine/network/drivers/host/>, "Published ports are discarded when using host
    /// network mode"; read 2026-11-27.
    RULE = "compose-host-network-ports-ignored", Warning, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    if let Some(ports) = service.get("ports").filter(|ports| service.uses_host_network() && !ports.is_empty()) {
        report.at(ports, "on the host's network these ports are not published: the program listens where it wants");
    }
}
