use crate::rules::prelude::*;

rule! {
    /// Grafana on the host's network listens on every address.
    ///
    /// With `network_mode: host` nothing is published, and nothing is held back either: without `GF_SERVER_HTTP_ADDR` its login
    /// page answers on the public address, beside the tunnel or the proxy that was meant to be the way in.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   grafana:
    ///     image: grafana/grafana:12.2.0
    ///     network_mode: host
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   grafana:
    ///     image: grafana/grafana:12.2.0
    ///     network_mode: host
    ///     environment: { GF_SERVER_HTTP_ADDR: 127.0.0.1 }
    /// ```
    ///
    /// A firewall may still keep strangers out: see to it that it does. Source: Grafana `conf/defaults.ini`, `http_addr`
    /// ("empty will bind to all interfaces"); read 2026-11-28.
    RULE = "grafana-bind-public", Warning, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    if !service.is("grafana") || !service.uses_host_network() {
        return;
    }
    // The address may be said in a grafana.ini, or in an env file that is not here.
    let unseen = service.all("env_file").iter().any(|file| {
        let name = file.text().or_else(|| file.get("path").and_then(Value::text));
        name.and_then(|name| project.beside(service.document, name)).is_none()
    });
    let configured =
        service.mounts.iter().any(|mount| mount.target.ends_with("grafana.ini") || mount.target == "/etc/grafana");
    let address = service.variable("GF_SERVER_HTTP_ADDR");
    match address.and_then(|variable| variable.value.as_deref().map(|value| (variable, value))) {
        Some((variable, "0.0.0.0" | "::" | "")) => {
            report.at(variable.place, "Grafana answers on every address of the host").help("127.0.0.1");
        }
        None if address.is_none() && !unseen && !configured => {
            report
                .at(service.get("network_mode").unwrap_or(service.key), "Grafana answers on every address of the host")
                .help("GF_SERVER_HTTP_ADDR: 127.0.0.1");
        }
        _ => {}
    }
}
