use crate::rules::prelude::*;

rule! {
    /// Grafana's PostgreSQL data source has no user where Grafana looks for it.
    ///
    /// `user` stands at the root of a data source. In `jsonData` it is not read, and each query fails with "no PostgreSQL
    /// user name specified in startup packet".
    ///
    /// ```yaml datasources.yaml bad
    /// apiVersion: 1
    /// datasources: [{ name: pg, type: postgres, uid: pg, url: "db:5432", jsonData: { user: grafana, database: app } }]
    /// ```
    ///
    /// ```yaml datasources.yaml good
    /// apiVersion: 1
    /// datasources: [{ name: pg, type: postgres, uid: pg, url: "db:5432", user: grafana, jsonData: { database: app } }]
    /// ```
    ///
    /// Source: Grafana `pkg/tsdb/grafana-postgresql-datasource/postgres.go` (the user is `settings.User`, the root's); read 2026-11-27.
    RULE = "grafana-pg-user-not-root", Error, High, Look::File(&[Kind::GrafanaDatasources], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for source in super::sources(document).filter(|source| super::is_postgres(*source)) {
        let misplaced = source.path("jsonData.user").or_else(|| source.path("secureJsonData.user"));
        if let Some(place) = misplaced.filter(|_| source.get("user").is_none()) {
            report
                .at(place, "Grafana reads the user at the root of the data source, not here")
                .help("move `user` beside `url`");
        }
    }
}
