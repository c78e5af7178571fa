use crate::rules::prelude::*;

rule! {
    /// OpenClaw's telemetry goes to one place for all signals.
    ///
    /// `diagnostics.otel.endpoint` wins over the variables for single signals: traces, metrics and logs all go there, also those that
    /// it does not take.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   openclaw:
    ///     image: ghcr.io/openclaw/openclaw:2026.9.6
    ///     init: true
    ///     environment: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://tempo:4318/v1/traces" }
    ///     volumes: ["./openclaw.json:/home/node/.openclaw/openclaw.json"]
    /// ```
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local" }, agents: {}, diagnostics: { otel: { enabled: true, endpoint: "http://tempo:4318" } }, plugins: { allow: ["diagnostics-otel"] } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   openclaw:
    ///     image: ghcr.io/openclaw/openclaw:2026.9.6
    ///     init: true
    ///     environment: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://tempo:4318/v1/traces" }
    ///     volumes: ["./openclaw.json:/home/node/.openclaw/openclaw.json"]
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, agents: {}, diagnostics: { otel: { enabled: true } }, plugins: { allow: ["diagnostics-otel"] } }
    /// ```
    ///
    /// Evidence: one installation; not tried by piton, so a warning.
    RULE = "openclaw-otel-endpoint-set", Warning, Medium, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    let signal = ["TRACES", "METRICS", "LOGS"]
        .iter()
        .find_map(|signal| service.variable(&format!("OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")));
    let Some(signal) = signal.filter(|_| service.is("openclaw")) else { return };
    for (file, _) in service.mounted(project).filter(|(file, _)| file.kind == Kind::OpenClaw) {
        if let Some(endpoint) = super::section(file, "diagnostics.otel.endpoint") {
            report
                .at(endpoint, "this wins over the variables for single signals")
                .related(signal.place, "such as this one");
        }
    }
}
