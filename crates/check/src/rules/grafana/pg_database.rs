use crate::rules::prelude::*;

rule! {
    /// A PostgreSQL data source names its database at the old place.
    ///
    /// It belongs into `jsonData.database`. Up to 12.1 Grafana also took the one at the root; from 12.2 on each query
    /// answers "You do not currently have a default database configured", and the test of the data source is still green.
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
    /// An information where the Grafana beside it is an older one. Source: grafana/grafana issue 112418 (12.1.1 works,
    /// 12.2.0 and 12.3.0 do not); read 2026-11-28.
    RULE = "grafana-pg-database-at-root", Warning, High, Look::File(&[Kind::GrafanaDatasources], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let is_old = |service: &Service| service.version().is_some_and(|version| version.below("12.2"));
    let mut around =
        project.services().filter(|service| service.is("grafana") && Project::are_related(service.document, document));
    let takes_both = around.next().is_some_and(is_old) && around.all(is_old);
    for source in super::sources(document).filter(|source| super::is_postgres(*source)) {
        if let Some((key, _)) = source.entry("database").filter(|_| source.path("jsonData.database").is_none()) {
            let finding = report.at(key, "the database belongs into jsonData");
            finding.help("jsonData: { database: … }");
            if takes_both {
                finding.severity(Severity::Info);
            }
        }
    }
}
