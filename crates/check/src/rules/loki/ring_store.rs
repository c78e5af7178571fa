use crate::rules::prelude::*;

use super::is_single;

rule! {
    /// A single Loki waits for a key-value store that nobody runs.
    ///
    /// Consul and etcd are for several instances. Alone, Loki starts, stays "not ready", and answers
    /// pushes with "empty ring".
    ///
    /// ```yaml loki.yaml bad
    /// common: { ring: { kvstore: { store: consul } } }
    /// schema_config: { configs: [] }
    /// ```
    ///
    /// ```yaml loki.yaml good
    /// common: { ring: { kvstore: { store: inmemory } }, replication_factor: 1 }
    /// schema_config: { configs: [] }
    /// ```
    ///
    /// ```yaml loki.yaml good 2
    /// common: { ring: { kvstore: { store: consul, consul: { host: "consul:8500" } } }, replication_factor: 1 }
    /// schema_config: { configs: [] }
    /// ```
    ///
    /// `memberlist` without others works alone, and is not told. Nor is one with the address of its store. Fix: safe where one
    /// container alone reads the file. Source: Loki
    /// `docs/sources/shared/configuration.md` (`kvstore.store`; Consul's host is localhost:8500 by default); read
    /// 2026-11-28. The symptom was not tried by piton.
    RULE = "loki-ring-store", Warning, High, Look::File(&[Kind::Loki], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    if !is_single(document) {
        return;
    }
    // The common ring, or that of a part.
    for store in document.maps().filter_map(|map| map.get("kvstore")) {
        // Who gives its address has one.
        let Some(value) = store.get("store").filter(|_| store.get("consul").or(store.get("etcd")).is_none()) else {
            continue;
        };
        if value.literal().is_some_and(|text| matches!(text, "consul" | "etcd")) {
            let finding = report.at(value, "one instance needs no store: it waits for others that do not come");
            let edits = vec![Edit::replace(value, "inmemory")];
            match is_alone(project, document) {
                true => finding.safe_fix("inmemory", edits),
                false => finding.unsafe_fix("inmemory", edits),
            };
        }
    }
}

/// Whether one container alone is seen to read the file: several of them need the store.
fn is_alone(project: &Project, document: &Document) -> bool {
    let reads = |service: &&Service| service.mounted(project).any(|(file, _)| file.path == document.path);
    let mut readers = project.services().filter(reads);
    let first = readers.next();
    let runs_store = project.services().any(|service| {
        service
            .image
            .as_ref()
            .is_some_and(|image| image.repository.contains("consul") || image.repository.contains("etcd"))
    });
    let is_scaled = |service: &Service| service.has("deploy") || service.has("scale");
    first.is_some_and(|service| !is_scaled(service)) && readers.next().is_none() && !runs_store
}
