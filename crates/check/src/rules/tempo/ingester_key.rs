use crate::rules::prelude::*;

use crate::rules::loki::version;

rule! {
    /// Tempo 3 has no ingester.
    ///
    /// `ingester` and `ingester_client` are refused from 3.0 on: "field ingester not found in type app.Config".
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   tempo:
    ///     image: grafana/tempo:3.0.1
    ///     volumes: ["./tempo.yaml:/etc/tempo.yaml:ro"]
    /// ```
    ///
    /// ```yaml tempo.yaml bad
    /// distributor: { receivers: { otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } } } }
    /// ingester: { max_block_duration: 5m }
    /// storage: { trace: { backend: local } }
    /// ```
    ///
    /// ```yaml tempo.yaml good
    /// distributor: { receivers: { otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } } } }
    /// ingester: { max_block_duration: 5m }
    /// storage: { trace: { backend: local } }
    /// ```
    ///
    /// Source: grafana/tempo pull request 6959, read 2026-11-27.
    RULE = "tempo-ingester-key", Error, High, Look::File(&[Kind::Tempo], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    if !version(project, document).is_some_and(|version| version.at_least("3")) {
        return;
    }
    for key in ["ingester", "ingester_client"] {
        if let Some((name, _)) = document.root().entry(key) {
            report.at(name, format!("Tempo 3 has no `{key}`, and stops at what it does not know"));
        }
    }
}
