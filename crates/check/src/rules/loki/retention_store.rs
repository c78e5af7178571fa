use crate::rules::prelude::*;

rule! {
    /// Loki is to delete old logs, and is not told where it keeps what it has yet to delete.
    ///
    /// Since 3.0 it does not start so: "compactor.delete-request-store should be configured when retention is enabled".
    ///
    /// ```yaml loki.yaml bad
    /// schema_config: { configs: [] }
    /// compactor: { working_directory: /loki/compactor, retention_enabled: true }
    /// ```
    ///
    /// ```yaml loki.yaml good
    /// schema_config: { configs: [] }
    /// compactor: { working_directory: /loki/compactor, retention_enabled: true, delete_request_store: filesystem }
    /// ```
    ///
    /// An error where the image says 3 or later, a warning where it says nothing. Source: grafana/loki issue 12588 (the message, with 3.0.0);
    /// Loki's upgrade guide, 3.0, "delete_request_store should be explicitly configured"; read 2026-11-27.
    RULE = "loki-retention-no-store", Warning, High, Look::File(&[Kind::Loki], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let Some(on) = find(document, "compactor.retention_enabled").filter(|on| on.is_true()) else { return };
    let version = super::version(project, document);
    let old = version.as_ref().is_some_and(|version| version.below("3"));
    if old || find(document, "compactor.delete_request_store").is_some() || !document.templated.is_empty() {
        return;
    }
    let finding = report.at(on, "Loki 3 does not start: it is not told where to keep its delete requests");
    finding.help("compactor: { delete_request_store: filesystem }");
    if version.is_some_and(|version| version.at_least("3")) {
        finding.severity(Severity::Error);
    }
}
