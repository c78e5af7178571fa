use crate::rules::prelude::*;

rule! {
    /// Loki's alerts go to its own container.
    ///
    /// In a container `localhost:9093` is Loki itself, where no Alertmanager listens. Each alert is tried and lost, with a line
    /// in a log that nobody reads.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   loki:
    ///     image: grafana/loki:3.4.2
    ///     volumes: ["./loki.yaml:/etc/loki/config.yaml:ro"]
    ///   alertmanager: { image: "prom/alertmanager:v0.28.1" }
    /// ```
    ///
    /// ```yaml loki.yaml bad
    /// schema_config: { configs: [] }
    /// ruler: { alertmanager_url: "http://localhost:9093", storage: { type: local, local: { directory: /loki/rules } } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   loki:
    ///     image: grafana/loki:3.4.2
    ///     volumes: ["./loki.yaml:/etc/loki/config.yaml:ro"]
    ///   alertmanager: { image: "prom/alertmanager:v0.28.1" }
    /// ```
    ///
    /// ```yaml loki.yaml good
    /// schema_config: { configs: [] }
    /// ruler: { alertmanager_url: "http://alertmanager:9093", storage: { type: local, local: { directory: /loki/rules } } }
    /// ```
    ///
    /// A warning where an Alertmanager stands beside it; else information, since Loki's own example has this line. Source:
    /// Loki `cmd/loki/loki-local-config.yaml` and `docs/sources/shared/configuration.md`, `alertmanager_url`; read
    /// 2026-11-28.
    RULE = "loki-ruler-url", Warning, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    if !service.is("loki") || service.has("network_mode") {
        return;
    }
    for (file, _) in service.mounted(project).filter(|(file, _)| file.kind == Kind::Loki) {
        let Some(url) = find(file, "ruler.alertmanager_url") else { continue };
        let local = url
            .literal()
            .and_then(|text| text.split_once("://"))
            .is_some_and(|(_, rest)| matches!(rest.split([':', '/']).next(), Some("localhost" | "127.0.0.1")));
        if !local {
            continue;
        }
        let beside = project.together(service.document).find(|other| other.is("alertmanager"));
        let finding = report.at(url, "localhost is Loki's own container: no Alertmanager listens there");
        finding.related(service.key, "this service reads the file");
        match beside {
            Some(other) => finding.help(format!("http://{}:9093", other.name)),
            None => finding.severity(Severity::Info),
        };
    }
}
