use crate::rules::prelude::*;

rule! {
    /// Grafana is not on the network of a database that it is to ask.
    ///
    /// The data source names the database's service, and Grafana cannot resolve the name: "no such host" on every panel.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   grafana:
    ///     image: grafana/grafana:12.2.0
    ///     networks: [monitoring]
    ///     volumes: ["./datasources.yaml:/etc/grafana/provisioning/datasources/all.yaml:ro"]
    ///   db: { image: "postgres:18", networks: [backend] }
    /// networks: { monitoring: {}, backend: {} }
    /// ```
    ///
    /// ```yaml datasources.yaml bad
    /// apiVersion: 1
    /// datasources: [{ name: pg, type: postgres, uid: pg, url: "db:5432", user: grafana, jsonData: { database: app } }]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   grafana:
    ///     image: grafana/grafana:12.2.0
    ///     networks: [monitoring, backend]
    ///     volumes: ["./datasources.yaml:/etc/grafana/provisioning/datasources/all.yaml:ro"]
    ///   db: { image: "postgres:18", networks: [backend] }
    /// networks: { monitoring: {}, backend: {} }
    /// ```
    ///
    /// ```yaml datasources.yaml good
    /// apiVersion: 1
    /// datasources: [{ name: pg, type: postgres, uid: pg, url: "db:5432", user: grafana, jsonData: { database: app } }]
    /// ```
    ///
    /// Every kind of data source is looked at. Source: compose-spec `06-networks.md`; read 2026-11-27.
    RULE = "grafana-pg-network", Error, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    let mine = service.networks();
    if !service.is("grafana") || mine.is_empty() {
        return;
    }
    let others: Vec<&Service> = project.together(service.document).collect();
    for file in mounted_sources(project, service) {
        for source in find(file, "datasources").into_iter().flat_map(Value::items) {
            let Some(url) = source.get("url") else { continue };
            let text = url.literal().unwrap_or_default();
            let host =
                text.split_once("://").map_or(text, |(_, rest)| rest).split([':', '/']).next().unwrap_or_default();
            let Some(other) = others.iter().find(|other| other.answers_to(host) && other.name != service.name) else {
                continue;
            };
            let reached = others.iter().any(|other| {
                other.answers_to(host)
                    && (other.networks().is_empty() || other.networks().iter().any(|network| mine.contains(network)))
            });
            if !reached {
                report
                    .at(url, format!("`{}` cannot reach `{host}`: they share no network", service.name))
                    .related(service.key, format!("on {}", mine.join(", ")))
                    .related(other.key, format!("on {}", other.networks().join(", ")));
            }
        }
    }
}

/// The provisioning files that are mounted one by one or with their folder.
fn mounted_sources<'a>(project: &Project<'a>, service: &Service<'a>) -> Vec<&'a Document> {
    let single = service.mounted(project).map(|(file, _)| file).filter(|file| file.kind == Kind::GrafanaDatasources);
    let folders = service
        .mounts
        .iter()
        .filter_map(|mount| crate::project::join(mount.value.document().folder(), mount.source.as_deref()?));
    let folders: Vec<String> = folders.collect();
    let inside = project
        .of_kind(Kind::GrafanaDatasources)
        .filter(|file| folders.iter().any(|folder| !folder.is_empty() && file.path.starts_with(&format!("{folder}/"))));
    single.chain(inside).collect()
}
