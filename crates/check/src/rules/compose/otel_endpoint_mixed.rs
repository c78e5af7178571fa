use crate::compose::Variable;
use crate::rules::prelude::*;

rule! {
    /// OpenTelemetry is told where to send twice, in two ways.
    ///
    /// The variable for all signals gets a path appended, those for one signal do not and win for theirs. With both
    /// set, each signal goes somewhere else than its neighbour, and few see why one of them is missing.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     environment:
    ///       OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318"
    ///       OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://tempo:4318/v1/traces"
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     environment: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" }
    /// ```
    ///
    /// Source: opentelemetry-specification `protocol/exporter.md`, "Endpoint URLs for OTLP/HTTP" ("MUST be used as-is");
    /// read 2026-11-28.
    RULE = "compose-otel-endpoint-mixed", Warning, Medium, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let Some(base) = service.variable("OTEL_EXPORTER_OTLP_ENDPOINT").filter(|one| is_set(one)) else { return };
    let signal = ["traces", "metrics", "logs"].iter().find_map(|signal| {
        let name = format!("OTEL_EXPORTER_OTLP_{}_ENDPOINT", signal.to_ascii_uppercase());
        let one = service.variable(&name).filter(|one| is_set(one))?;
        // With the path that would be appended it is the same place.
        let appended = format!("{}/v1/{signal}", base.value.as_deref().unwrap_or_default().trim_end_matches('/'));
        (one.value.as_deref() != Some(appended.as_str())).then_some(one)
    });
    if let Some(signal) = signal {
        report
            .at(base.place, "this one gets a path appended, and the one for a single signal does not")
            .related(signal.place, "the other one");
    }
}

/// Whether a variable is given a value here, rather than handed through from outside where it may be empty.
fn is_set(variable: &Variable) -> bool {
    let value = variable.value.as_deref().unwrap_or_default();
    let is_handed_through = value
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'))
        .is_some_and(|name| name.trim_end_matches([':', '-']) == variable.name);
    !value.is_empty() && !is_handed_through
}
