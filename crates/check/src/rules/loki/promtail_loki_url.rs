use crate::rules::prelude::*;

rule! {
    /// Logs are sent where no Loki listens.
    ///
    /// In a container localhost is Promtail itself; and a Loki that listens on another port than the usual one has to be called
    /// there. Every line is tried for a while and then dropped.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   promtail:
    ///     image: grafana/promtail:3.5.8
    ///     volumes: ["./promtail.yaml:/etc/promtail/config.yml:ro", "positions:/positions"]
    ///   loki: { image: "grafana/loki:3.4.2" }
    /// volumes: { positions: {} }
    /// ```
    ///
    /// ```yaml promtail.yaml bad
    /// positions: { filename: /positions/positions.yaml }
    /// clients: [{ url: "http://localhost:3100/loki/api/v1/push" }]
    /// scrape_configs: []
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   promtail:
    ///     image: grafana/promtail:3.5.8
    ///     volumes: ["./promtail.yaml:/etc/promtail/config.yml:ro", "positions:/positions"]
    ///   loki: { image: "grafana/loki:3.4.2" }
    /// volumes: { positions: {} }
    /// ```
    ///
    /// ```yaml promtail.yaml good
    /// positions: { filename: /positions/positions.yaml }
    /// clients: [{ url: "http://loki:3100/loki/api/v1/push" }]
    /// scrape_configs: []
    /// ```
    ///
    /// Source: Loki v3.5.8 `send-data/promtail/configuration.md` (`max_retries`, 10 by default, and then the batch is
    /// dropped); read 2026-11-28. Tried with two network namespaces, which is what containers have, 2026-11-28: the
    /// loopback of one is refused in the other.
    RULE = "promtail-loki-url", Error, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    if !service.is("promtail") || service.has("network_mode") || service.has("extra_hosts") {
        return;
    }
    for (file, _) in service.mounted(project).filter(|(file, _)| file.kind == Kind::Promtail) {
        for url in find(file, "clients").into_iter().flat_map(Value::items).filter_map(|client| client.get("url")) {
            let Some((_, rest)) = url.literal().and_then(|text| text.split_once("://")) else { continue };
            let authority = rest.split('/').next().unwrap_or_default().rsplit('@').next().unwrap_or_default();
            let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
            if matches!(host, "localhost" | "127.0.0.1") {
                report
                    .at(url, "localhost is Promtail's own container: no Loki listens there")
                    .related(service.key, "this service reads the file");
                continue;
            }
            let Some(loki) = project.together(service.document).find(|other| other.answers_to(host)) else {
                continue;
            };
            let listens = loki.mounted(project).find_map(|(file, _)| find(file, "server.http_listen_port"));
            let differs = |listens: &Value| listens.literal().is_some_and(|listens| listens != port);
            if let Some(listens) = listens.filter(|listens| loki.is("loki") && !port.is_empty() && differs(listens)) {
                report.at(url, "Loki listens on another port").related(listens, "here it is said");
            }
        }
    }
}
