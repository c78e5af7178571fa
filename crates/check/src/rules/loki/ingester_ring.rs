use crate::rules::prelude::*;

use super::is_single;

rule! {
    /// A Loki 3.6 of one instance says "empty ring".
    ///
    /// What helped in production: the ring of the ingester said once more under `ingester.lifecycler`,
    /// `memberlist.join_members: []`, and `-target=all`.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   loki:
    ///     image: grafana/loki:3.6.3
    ///     volumes: ["./loki.yaml:/etc/loki/config.yaml:ro"]
    /// ```
    ///
    /// ```yaml loki.yaml bad
    /// common: { replication_factor: 1, ring: { kvstore: { store: inmemory } } }
    /// schema_config: { configs: [] }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   loki:
    ///     image: grafana/loki:3.6.3
    ///     volumes: ["./loki.yaml:/etc/loki/config.yaml:ro"]
    /// ```
    ///
    /// ```yaml loki.yaml good
    /// common: { replication_factor: 1, ring: { kvstore: { store: inmemory } } }
    /// ingester: { lifecycler: { ring: { replication_factor: 1, kvstore: { store: inmemory } } } }
    /// schema_config: { configs: [] }
    /// ```
    ///
    /// Not everybody meets it, so it is told as information, for 3.6 alone. Not verified: grafana/loki issues 19381 and
    /// 18890, which were named for it, could not be read, and Loki could not be run; `pkg/loki/config_wrapper.go` (read
    /// 2026-11-28) gives the ingester the common ring anyway.
    RULE = "loki-ingester-ring-missing", Info, Low, Look::File(&[Kind::Loki], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let version = super::version(project, document);
    let affected = version.is_some_and(|version| version.at_least("3.6") && version.below("3.7"));
    let Some(store) = find(document, "common.ring.kvstore.store").filter(|store| store.text() == Some("inmemory"))
    else {
        return;
    };
    if affected && is_single(document) && find(document, "ingester.lifecycler.ring").is_none() {
        report
            .at(store, "with this alone Loki 3.6 may say \"empty ring\"")
            .help("ingester.lifecycler.ring with the same store, and memberlist.join_members: []");
    }
}
