use crate::rules::prelude::*;

rule! {
    /// Loki's current schema is too old for structured metadata.
    ///
    /// Loki 3 switches structured metadata on by itself; with an index other than `tsdb` or a schema below v13 it
    /// refuses to start. Add a new period with a date in the future; never change the one that data was written with.
    ///
    /// ```yaml loki.yaml bad
    /// schema_config:
    ///   configs:
    ///     - { from: 2022-06-01, store: boltdb-shipper, object_store: filesystem, schema: v11, index: { prefix: i_, period: 24h } }
    /// ```
    ///
    /// ```yaml loki.yaml good
    /// schema_config:
    ///   configs:
    ///     - { from: 2022-06-01, store: boltdb-shipper, object_store: filesystem, schema: v11, index: { prefix: i_, period: 24h } }
    ///     - { from: 2026-12-01, store: tsdb, object_store: filesystem, schema: v13, index: { prefix: i_, period: 24h } }
    /// ```
    ///
    /// An error where the image says 3 or later, an information where it says 2. Source: Loki's upgrade guide, 3.0, "Structured metadata"; read
    /// 2026-11-27.
    RULE = "loki-schema-old", Warning, High, Look::File(&[Kind::Loki], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let off =
        find(document, "limits_config.allow_structured_metadata").is_some_and(|value| value.truth() == Some(false));
    let Some(last) = find(document, "schema_config.configs").and_then(|configs| configs.items().last()) else { return };
    let (store, schema) = (last.get("store"), last.get("schema"));
    let old_store = store.filter(|store| store.literal().is_some_and(|text| text != "tsdb"));
    let old_schema = schema.filter(|schema| {
        schema
            .literal()
            .and_then(|text| text.trim_start_matches('v').parse::<u32>().ok())
            .is_some_and(|version| version < 13)
    });
    let Some(place) = old_schema.or(old_store).filter(|_| !off) else { return };
    let version = super::version(project, document);
    let pinned_below = version.as_ref().is_some_and(|version| version.below("3"));
    let from_3 = version.as_ref().is_some_and(|version| version.at_least("3"));
    let finding = report.at(place, "Loki 3 does not start with this schema while structured metadata is on");
    finding.help("add a period with store: tsdb and schema: v13 from a day in the future on");
    if pinned_below {
        finding.severity(Severity::Info);
    }
    if from_3 {
        finding.severity(Severity::Error);
    }
}
