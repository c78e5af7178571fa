use crate::rules::prelude::*;

rule! {
    /// A panel's query does not look at the time that is picked.
    ///
    /// A SQL query without `$__timeFilter` or its kin shows the same numbers for the last hour and the last year.
    ///
    /// ```json dashboard.json bad
    /// { "uid": "x", "schemaVersion": 40, "panels": [{ "type": "timeseries", "targets": [{ "rawSql": "SELECT created_at AS time, cost FROM calls" }] }] }
    /// ```
    ///
    /// ```json dashboard.json good
    /// { "uid": "x", "schemaVersion": 40, "panels": [{ "type": "timeseries", "targets": [{ "rawSql": "SELECT created_at AS time, cost FROM calls WHERE $__timeFilter(created_at)" }] }] }
    /// ```
    ///
    /// Told for panels over time only. Source: Grafana `pkg/tsdb/grafana-postgresql-datasource/macros.go` (the time that is
    /// picked is put in by macros alone, `$__timeFilter` and its kin); read 2026-11-28.
    RULE = "grafana-dashboard-time-macro", Info, Medium, Look::File(&[Kind::GrafanaDashboard], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let panels = document.root().get("panels").into_iter().flat_map(Value::items);
    let panels = panels.flat_map(|panel| {
        std::iter::once(panel).chain(panel.get("panels").into_iter().flat_map(Value::items)).collect::<Vec<_>>()
    });
    for panel in panels
        .filter(|panel| matches!(panel.get("type").and_then(Value::text), Some("timeseries" | "graph" | "barchart")))
    {
        for query in panel.get("targets").into_iter().flat_map(Value::items).filter_map(|target| target.get("rawSql")) {
            if query.text().is_some_and(|text| !text.is_empty() && !text.contains("$__") && !text.contains("${__")) {
                report.at(query, "this query is the same whatever time is picked").help("WHERE $__timeFilter(column)");
            }
        }
    }
}
