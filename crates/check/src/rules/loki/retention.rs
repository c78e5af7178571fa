use crate::rules::prelude::*;

rule! {
    /// Logs are to be kept for a while, and are kept for ever.
    ///
    /// `retention_period` alone deletes nothing: the compactor does, and only with `retention_enabled: true`. The disk
    /// fills up while the file says thirty days.
    ///
    /// ```yaml loki.yaml bad
    /// schema_config: { configs: [] }
    /// limits_config: { retention_period: 720h }
    /// ```
    ///
    /// ```yaml loki.yaml good
    /// schema_config: { configs: [] }
    /// limits_config: { retention_period: 720h }
    /// compactor: { working_directory: /loki/compactor, retention_enabled: true, delete_request_store: filesystem }
    /// ```
    ///
    /// Source: <https://grafana.com/docs/loki/latest/operations/storage/retention/>, "by default the
    /// compactor.retention-enabled flag is not set, so the logs sent to Loki live forever"; read 2026-11-27.
    RULE = "loki-retention-not-enforced", Warning, High, Look::File(&[Kind::Loki], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let Some(period) = find(document, "limits_config.retention_period") else { return };
    let zero = matches!(period.literal(), Some("0" | "0s" | "0h"));
    let manager = find(document, "table_manager.retention_deletes_enabled").is_some_and(Value::is_true);
    let compactor = find(document, "compactor.retention_enabled");
    // A variable may well say yes.
    if zero || manager || compactor.is_some_and(|value| value.is_true() || value.literal().is_none()) {
        return;
    }
    report
        .at(period, "nothing is deleted: the compactor is not told to")
        .help("compactor: { retention_enabled: true, delete_request_store: filesystem }");
}
