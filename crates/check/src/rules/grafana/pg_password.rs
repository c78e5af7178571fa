use crate::rules::prelude::*;

rule! {
    /// A data source's password stands where it is not kept secret, or not read.
    ///
    /// `secureJsonData.password` is encrypted in Grafana's database. At the root it has not been read since Grafana 9,
    /// and in `jsonData` every viewer can see it.
    ///
    /// ```yaml datasources.yaml bad
    /// apiVersion: 1
    /// datasources: [{ name: pg, type: postgres, uid: pg, url: "db:5432", user: grafana, password: "$PG_PASSWORD", jsonData: { database: app } }]
    /// ```
    ///
    /// ```yaml datasources.yaml good
    /// apiVersion: 1
    /// datasources: [{ name: pg, type: postgres, uid: pg, url: "db:5432", user: grafana, secureJsonData: { password: "$PG_PASSWORD" }, jsonData: { database: app } }]
    /// ```
    ///
    /// Source: Grafana `pkg/tsdb/grafana-postgresql-datasource/postgres.go` (the password is `DecryptedSecureJSONData`'s);
    /// read 2026-11-27.
    RULE = "grafana-pg-password-not-secure", Error, High, Look::File(&[Kind::GrafanaDatasources], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for source in super::sources(document) {
        for place in [source.get("password"), source.path("jsonData.password")]
            .into_iter()
            .flatten()
            .filter(|place| !place.is_empty())
        {
            report.at(place, "a password belongs into secureJsonData").help("secureJsonData: { password: … }");
        }
    }
}
