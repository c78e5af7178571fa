use crate::rules::prelude::*;

rule! {
    /// A data source without a uid.
    ///
    /// Grafana makes one up, another one on each new installation, and every dashboard and link that names it is dead
    /// there.
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
    /// Fix: unsafe where a Grafana has made one up already: provisioning then fails. Source: Grafana documentation,
    /// "Provision Grafana".
    RULE = "grafana-ds-uid-missing", Warning, High, Look::File(&[Kind::GrafanaDatasources], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for source in super::sources(document) {
        if let (Some(name), None) = (source.get("name"), source.get("uid")) {
            report
                .at(name, "Grafana makes up a uid, another one on each installation")
                .help("uid: <a name of your own>");
        }
    }
}
