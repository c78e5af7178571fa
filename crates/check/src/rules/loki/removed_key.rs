use crate::rules::prelude::*;

rule! {
    /// A key that newer Loki does not know any more.
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
    /// An error where the image has the version that dropped the key or a later one, an information where it has an older one.
    /// Each key was looked up in the source of 2.9.0 and of every release from 3.0.0 to 3.7.0, on 2026-11-28. Source: Loki's upgrade guide, 3.0, "Removed configuration options",
    /// and `tools/deprecated-config-checker/deleted-config.yaml`; read 2026-11-27.
    RULE = "loki-removed-key", Warning, High, Look::File(&[Kind::Loki], check)
}

/// The first version behind 3.7, whatever it will be called.
const AFTER_3_7: &str = "3.8";

/// Keys, and the first version that refuses them. `unordered_writes` is in every release up to 3.7 and gone from what comes
/// after.
const REMOVED: [(&str, &str); 20] = [
    ("chunk_store_config.max_look_back_period", "3"),
    ("common.storage.s3.sse_encryption", "3"),
    ("compactor.shared_store", "3"),
    ("compactor.shared_store_key_prefix", "3"),
    ("frontend_worker.match_max_concurrent", "3"),
    ("frontend_worker.parallelism", "3"),
    ("ingester.max_transfer_retries", "3"),
    ("limits_config.enforce_metric_name", "3"),
    ("limits_config.unordered_writes", AFTER_3_7),
    ("querier.engine.timeout", "3"),
    ("query_range.forward_headers_list", "3"),
    ("query_range.split_queries_by_interval", "3"),
    ("storage_config.aws.sse_encryption", "3"),
    ("storage_config.boltdb_shipper.shared_store", "3"),
    ("storage_config.boltdb_shipper.shared_store_key_prefix", "3"),
    ("storage_config.boltdb_shipper.use_boltdb_shipper_as_backup", "3"),
    ("storage_config.s3.sse_encryption", "3"),
    ("storage_config.tsdb_shipper.shared_store", "3"),
    ("storage_config.tsdb_shipper.shared_store_key_prefix", "3"),
    ("storage_config.tsdb_shipper.use_boltdb_shipper_as_backup", "3"),
];

fn check(project: &Project, document: &Document, report: &mut Report) {
    let version = super::version(project, document);
    for (path, gone) in REMOVED {
        let (parent, key) = path.rsplit_once('.').unwrap_or(("", path));
        let Some((name, _)) = find(document, parent).and_then(|parent| parent.entry(key)) else { continue };
        let which = if gone == AFTER_3_7 { "Loki after 3.7" } else { "Loki 3" };
        let finding = report.at(name, format!("{which} has no `{path}`, and stops at what it does not know"));
        match &version {
            Some(version) if version.at_least(gone) => {
                finding.severity(Severity::Error).note(format!("the image says {version}"))
            }
            // `3` may be any of them.
            Some(version) if version.below(gone) => finding
                .severity(Severity::Info)
                .note(format!("the image says {version}: it stops newer ones from starting")),
            _ if gone == AFTER_3_7 => {
                finding.severity(Severity::Info).note("which Loki reads this file is not known here")
            }
            _ => finding.note("which Loki reads this file is not known here"),
        };
    }
}
