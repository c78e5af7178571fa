use crate::rules::prelude::*;

rule! {
    /// A PostgreSQL data source names its database at the old place.
    ///
    /// It belongs into `jsonData.database`; the one at the root is deprecated, and the query editor of Grafana 10 and later
    /// does not find it: "you do not currently have a default database configured".
    ///
    /// ```yaml datasources.yaml bad
    /// apiVersion: 1
    /// datasources: [{ name: pg, type: postgres, uid: pg, url: "db:5432", user: grafana, database: app }]
    /// ```
    ///
    /// ```yaml datasources.yaml good
    /// apiVersion: 1
    /// datasources: [{ name: pg, type: postgres, uid: pg, url: "db:5432", user: grafana, jsonData: { database: app } }]
    /// ```
    ///
    /// Source: Grafana documentation, PostgreSQL data source; grafana/grafana issue 77370.
    RULE = "grafana-pg-database-at-root", Warning, High, Look::File(&[Kind::GrafanaDatasources], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for source in super::sources(document).filter(|source| super::is_postgres(*source)) {
        if let Some((key, _)) = source.entry("database").filter(|_| source.path("jsonData.database").is_none()) {
            report.at(key, "the database belongs into jsonData").help("jsonData: { database: … }");
        }
    }
}
