use crate::rules::prelude::*;

rule! {
    /// An OpenTelemetry endpoint for one signal has no path.
    ///
    /// `OTEL_EXPORTER_OTLP_ENDPOINT` gets `/v1/traces` and the like appended; the variables for one signal are taken as
    /// they are. Without the path the collector answers 404 and the data is dropped in silence.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     environment: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://tempo:4318" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     environment: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://tempo:4318/v1/traces" }
    /// ```
    ///
    /// Not for gRPC (port 4317). Source: OpenTelemetry specification, `protocol/exporter.md` (the path is appended to
    /// OTEL_EXPORTER_OTLP_ENDPOINT alone); read 2026-11-27.
    RULE = "otel-signal-endpoint-no-path", Error, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    for variable in &service.variables {
        let signal = ["TRACES", "METRICS", "LOGS"]
            .iter()
            .find(|signal| variable.name == format!("OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"));
        let (Some(signal), Some(value)) = (signal, variable.value.as_deref()) else { continue };
        let protocol =
            |name: &str| service.variable(name).and_then(|variable| variable.value.as_deref()) == Some("grpc");
        if protocol("OTEL_EXPORTER_OTLP_PROTOCOL")
            || protocol(&format!("OTEL_EXPORTER_OTLP_{signal}_PROTOCOL"))
            || value.contains(":4317")
        {
            continue;
        }
        let path = value
            .split_once("://")
            .map_or("", |(_, rest)| rest.trim_end_matches('/').split_once('/').map_or("", |(_, path)| path));
        if value.contains("://") && path.is_empty() && !value.contains('$') {
            report
                .at(variable.place, format!("{} is taken as it is, and has no path", variable.name))
                .help(format!("add /v1/{}", signal.to_ascii_lowercase()));
        }
    }
}
