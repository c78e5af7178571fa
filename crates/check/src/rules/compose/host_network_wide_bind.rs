use crate::purpose;
use crate::rules::prelude::*;

rule! {
    /// An exporter on the host's network listens on every address.
    ///
    /// Without `ports` one thinks it is inside; it is on the host, on 0.0.0.0, and tells kernel, disks and processes
    /// to whoever the firewall lets through.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   exporter:
    ///     image: prom/node-exporter:v1.11.1
    ///     network_mode: host
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   exporter:
    ///     image: prom/node-exporter:v1.11.1
    ///     network_mode: host
    ///     command: ["--web.listen-address=10.0.0.1:9100"]
    /// ```
    ///
    /// An information for exporters, which a Prometheus on another host asks; a warning for Prometheus and Alertmanager
    /// themselves. Source: node_exporter `node_exporter.go` (":9100") and cAdvisor `cmd/cadvisor.go` (`listen_ip`,
    /// "defaults to all IPs"); read 2026-11-28.
    RULE = "compose-host-network-wide-bind", Warning, Medium, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let exporters = ["node-exporter", "prometheus", "alertmanager", "cadvisor"];
    if !service.uses_host_network() || !exporters.iter().any(|name| service.is(name)) {
        return;
    }
    let bound = service.words("command").iter().any(|(_, word)| {
        ["--web.listen-address=", "--listen_ip=", "-listen_ip="].iter().any(|flag| {
            word.strip_prefix(flag).is_some_and(|address| !address.starts_with(':') && !address.starts_with("0.0.0.0"))
        })
    });
    if !bound {
        let place = service.get("network_mode").unwrap_or(service.key);
        // Prometheus asks them, mostly from another host.
        let severity = if purpose::is_exporter(service) { Severity::Info } else { Severity::Warning };
        report
            .at(place, format!("`{}` listens on every address of the host", service.name))
            .help("--web.listen-address=<the private address>:9100")
            .severity(severity);
    }
}
