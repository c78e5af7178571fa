use crate::rules::prelude::*;

rule! {
    /// A tsdb index with a period other than a day.
    ///
    /// The compactor and retention work on one table a day. Loki refuses `tsdb` and `boltdb-shipper` with another period
    /// where the compactor runs: "retention period is only supported with 24h index".
    ///
    /// ```yaml loki.yaml bad
    /// schema_config:
    ///   configs: [{ from: 2026-01-01, store: tsdb, object_store: filesystem, schema: v13, index: { prefix: i_, period: 168h } }]
    /// ```
    ///
    /// ```yaml loki.yaml good
    /// schema_config:
    ///   configs: [{ from: 2026-01-01, store: tsdb, object_store: filesystem, schema: v13, index: { prefix: i_, period: 24h } }]
    /// ```
    ///
    /// Source: Loki `pkg/storage/config/schema_config.go`, errTSDBNon24HoursIndexPeriod ("tsdb must always have periodic
    /// config for index set to 24h"); read 2026-11-27.
    RULE = "loki-index-period", Error, High, Look::File(&[Kind::Loki], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for config in find(document, "schema_config.configs").into_iter().flat_map(Value::items) {
        let tsdb = config.get("store").and_then(Value::text) == Some("tsdb");
        if let Some(period) = config.path("index.period").filter(|_| tsdb)
            && period.literal().is_some_and(|text| !matches!(text, "24h" | "24h0m0s" | "1d"))
        {
            report.at(period, "a tsdb index has a table a day: 24h");
        }
    }
}
