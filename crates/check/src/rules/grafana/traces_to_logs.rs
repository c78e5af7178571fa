use crate::rules::prelude::*;

rule! {
    /// tracesToLogs has a second version.
    ///
    /// `tracesToLogsV2` took its place, which names tags and queries otherwise; the old key works as long as Grafana goes
    /// on to translate it.
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
    /// It is translated to this day, so this is information. Source: Grafana
    /// `packages/grafana-o11y-ds-frontend/src/TraceToLogs/TraceToLogsSettings.tsx` (deprecated; getTraceToLogsOptions
    /// translates it); read 2026-11-28.
    RULE = "grafana-traces-to-logs-deprecated", Info, High, Look::File(&[Kind::GrafanaDatasources], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for source in super::sources(document) {
        if let Some((key, _)) = source.get("jsonData").and_then(|data| data.entry("tracesToLogs")) {
            report.at(key, "tracesToLogsV2 has taken its place");
        }
    }
}
