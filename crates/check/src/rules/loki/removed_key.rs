use crate::rules::prelude::*;

rule! {
    /// A key that Loki 3 does not know any more.
    ///
    /// Loki reads its file strictly: an unknown key stops it with "field … not found in type".
    ///
    /// ```yaml loki.yaml bad
    /// schema_config: { configs: [] }
    /// compactor: { working_directory: /loki/compactor, shared_store: filesystem }
    /// ```
    ///
    /// ```yaml loki.yaml good
    /// schema_config: { configs: [] }
    /// compactor: { working_directory: /loki/compactor, delete_request_store: filesystem }
    /// ```
    ///
    /// An error where the image says 3 or later, an information where it says 2. Source: Loki's upgrade guide, 3.0, "Removed configuration options",
    /// and `tools/deprecated-config-checker/deleted-config.yaml`; read 2026-11-27.
    RULE = "loki-removed-key", Warning, High, Look::File(&[Kind::Loki], check)
}

/// Keys that 3.0 refuses.
const REMOVED: [&str; 16] = [
    "chunk_store_config.max_look_back_period",
    "compactor.shared_store",
    "compactor.shared_store_key_prefix",
    "frontend_worker.match_max_concurrent",
    "frontend_worker.parallelism",
    "ingester.max_transfer_retries",
    "limits_config.unordered_writes",
    "querier.engine.timeout",
    "query_range.forward_headers_list",
    "query_range.split_queries_by_interval",
    "storage_config.boltdb_shipper.shared_store",
    "storage_config.boltdb_shipper.shared_store_key_prefix",
    "storage_config.boltdb_shipper.use_boltdb_shipper_as_backup",
    "storage_config.tsdb_shipper.shared_store",
    "storage_config.tsdb_shipper.shared_store_key_prefix",
    "storage_config.tsdb_shipper.use_boltdb_shipper_as_backup",
];

fn check(project: &Project, document: &Document, report: &mut Report) {
    let version = super::version(project, document);
    let pinned_below = version.as_ref().is_some_and(|version| version.below("3"));
    for path in REMOVED {
        let (parent, key) = path.rsplit_once('.').unwrap_or(("", path));
        let Some((name, _)) = find(document, parent).and_then(|parent| parent.entry(key)) else { continue };
        let finding = report.at(name, format!("Loki 3 has no `{path}`, and stops at what it does not know"));
        match &version {
            Some(version) if pinned_below => {
                finding.severity(Severity::Info).note(format!("the image says {version}: it stops 3.0 from starting"))
            }
            Some(version) => finding.severity(Severity::Error).note(format!("the image says {version}")),
            None => finding.note("which Loki reads this file is not known here"),
        };
    }
}
