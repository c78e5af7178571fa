use crate::rules::prelude::*;

rule! {
    /// tracesToLogs has a second version.
    ///
    /// Grafana 10 replaced it by `tracesToLogsV2`, which names tags and queries otherwise; the old key works only as long
    /// as the migration does.
    ///
    /// ```yaml datasources.yaml bad
    /// apiVersion: 1
    /// datasources: [{ name: Tempo, type: tempo, uid: tempo, url: "http://tempo:3200", jsonData: { tracesToLogs: { tags: [job] } } }]
    /// ```
    ///
    /// ```yaml datasources.yaml good
    /// apiVersion: 1
    /// datasources: [{ name: Tempo, type: tempo, uid: tempo, url: "http://tempo:3200", jsonData: { tracesToLogsV2: { tags: [{ key: job }] } } }]
    /// ```
    ///
    /// Source: Grafana documentation, Tempo data source, "Trace to logs".
    RULE = "grafana-traces-to-logs-deprecated", Warning, High, Look::File(&[Kind::GrafanaDatasources], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for source in super::sources(document) {
        if let Some((key, _)) = source.get("jsonData").and_then(|data| data.entry("tracesToLogs")) {
            report.at(key, "tracesToLogsV2 takes its place since Grafana 10");
        }
    }
}
