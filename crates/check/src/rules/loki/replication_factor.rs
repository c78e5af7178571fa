use crate::rules::prelude::*;

use super::is_single;

rule! {
    /// A single Loki wants its logs written more than once.
    ///
    /// With a factor of 3 and one instance each push fails: "at least 2 live replicas required, could only find 1".
    ///
    /// ```yaml loki.yaml bad
    /// common: { replication_factor: 3, ring: { kvstore: { store: inmemory } } }
    /// schema_config: { configs: [] }
    /// ```
    ///
    /// ```yaml loki.yaml good
    /// common: { replication_factor: 1, ring: { kvstore: { store: inmemory } } }
    /// schema_config: { configs: [] }
    /// ```
    ///
    /// Told where the ring is `inmemory`, which cannot have a second instance. Source: dskit
    /// `ring/replication_strategy.go` ("at least %d live replicas required"); read 2026-11-27.
    RULE = "loki-replication-factor", Error, High, Look::File(&[Kind::Loki], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let alone = ["common.ring.kvstore.store", "ingester.lifecycler.ring.kvstore.store"]
        .iter()
        .any(|path| find(document, path).and_then(Value::text) == Some("inmemory"));
    for path in ["common.replication_factor", "ingester.lifecycler.ring.replication_factor"] {
        let many = find(document, path).filter(|value| value.number().is_some_and(|number| number > 1.0));
        if let Some(value) = many.filter(|_| alone && is_single(document)) {
            report
                .at(value, "one instance cannot write more than once: pushes fail")
                .safe_fix("1", vec![Edit::replace(value, "1")]);
        }
    }
}
