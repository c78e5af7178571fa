use crate::rules::prelude::*;

rule! {
    /// Metrics are sent to a Prometheus that does not take them.
    ///
    /// It answers OTLP with 404 unless it is started with `--web.enable-otlp-receiver`; the sender drops what it has.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   prometheus: { image: "prom/prometheus:v3.5.3" }
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     environment: { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://prometheus:9090/api/v1/otlp/v1/metrics" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   prometheus:
    ///     image: prom/prometheus:v3.5.3
    ///     command: ["--config.file=/etc/prometheus/prometheus.yml", "--web.enable-otlp-receiver"]
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     environment: { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://prometheus:9090/api/v1/otlp/v1/metrics" }
    /// ```
    ///
    /// Source: Prometheus `web/api/v1/api.go`, otlpWrite ("otlp write receiver needs to be enabled with
    /// --web.enable-otlp-receiver", 404); read 2026-11-28. Tried with Debian's 3.5.3, 2026-11-28: 404, and that build has
    /// no such flag.
    RULE = "compose-prometheus-otlp-flag", Error, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    let on = service.words("command").iter().any(|(_, word)| word.contains("otlp"));
    if !service.is("prometheus") || on || service.has("build") {
        return;
    }
    let sent = |other: &Service| {
        other.variables.iter().any(|variable| {
            variable
                .value
                .as_deref()
                .is_some_and(|value| value.contains("/api/v1/otlp") && value.contains(&format!("//{}:", service.name)))
        })
    };
    if let Some(sender) = project.together(service.document).find(|other| sent(other)) {
        report
            .at(service.key, "this Prometheus answers OTLP with 404")
            .related(sender.key, "this one sends")
            .help("--web.enable-otlp-receiver");
    }
}
