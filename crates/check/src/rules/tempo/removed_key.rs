use crate::rules::prelude::*;

use crate::rules::loki::version;

rule! {
    /// A section that Tempo 3 does not have any more.
    ///
    /// `ingester`, `ingester_client`, `compactor` and `metrics_generator_client` left with the new architecture, and Tempo
    /// reads its file strictly: it stops at "field compactor not found".
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
    /// compactor: { compaction: { block_retention: 720h } }
    /// storage: { trace: { backend: local, local: { path: /var/tempo } } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   tempo:
    ///     image: grafana/tempo:2.9.0
    ///     volumes: ["./tempo.yaml:/etc/tempo.yaml:ro"]
    /// ```
    ///
    /// ```yaml tempo.yaml good
    /// distributor: { receivers: { otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } } } }
    /// compactor: { compaction: { block_retention: 720h } }
    /// storage: { trace: { backend: local, local: { path: /var/tempo } } }
    /// ```
    ///
    /// The keys are valid in every 2.x. Source: grafana/tempo pull requests 6273 (compactor) and 6959 (ingester), read
    /// 2026-11-27.
    RULE = "tempo-compactor-key", Error, High, Look::File(&[Kind::Tempo], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    if !version(project, document).is_some_and(|version| version.at_least("3")) {
        return;
    }
    if let Some((name, _)) = document.root().entry("compactor") {
        report.at(name, "Tempo 3 has no `compactor`, and stops at what it does not know");
    }
}
