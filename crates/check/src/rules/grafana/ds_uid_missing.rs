use crate::rules::prelude::*;

rule! {
    /// A data source without a uid.
    ///
    /// Grafana then makes one out of the name: a dashboard or link that was made elsewhere does not find it, and a new
    /// name is a new uid.
    ///
    /// ```yaml datasources.yaml bad
    /// apiVersion: 1
    /// datasources: [{ name: Prometheus, type: prometheus, url: "http://prometheus:9090" }]
    /// ```
    ///
    /// ```yaml datasources.yaml good
    /// apiVersion: 1
    /// datasources: [{ name: Prometheus, type: prometheus, uid: prometheus, url: "http://prometheus:9090" }]
    /// ```
    ///
    /// In a Grafana that runs already a uid that is set later fails: it has made the other one. Source: Grafana's
    /// `pkg/services/provisioning/datasources/types.go`, `safeUIDFromName` (read 2026-11-27).
    RULE = "grafana-ds-uid-missing", Info, High, Look::File(&[Kind::GrafanaDatasources], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for source in super::sources(document) {
        if let (Some(name), None) = (source.get("name"), source.get("uid")) {
            report
                .at(name, "Grafana makes the uid out of this name, and what links here breaks with it")
                .help("uid: <a name of your own>");
        }
    }
}
