use crate::rules::prelude::*;

rule! {
    /// A network of databases alone has a way to the Internet.
    ///
    /// What only databases are on needs no way out; `internal: true` takes it away, and with it the way for what somebody
    /// smuggles in.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   db: { image: "postgres:18", networks: [backend] }
    ///   cache: { image: "redis:8.4", networks: [backend] }
    /// networks: { backend: {} }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   db: { image: "postgres:18", networks: [backend] }
    ///   cache: { image: "redis:8.4", networks: [backend] }
    /// networks: { backend: { internal: true } }
    /// ```
    ///
    /// Told with `--strict`, for networks that have no other service in this file. Source: compose-spec `06-networks.md`,
    /// `internal` ("By default, Compose provides external connectivity to networks"); read 2026-11-28.
    RULE = "compose-network-internal-missing", Info, Medium, Look::File(&[Kind::Compose], check), strict
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for (key, network) in find(document, "networks").map(Value::entries).unwrap_or_default() {
        let Some(name) = key.text() else { continue };
        let settled = ["internal", "external"].iter().any(|word| network.get(word).is_some());
        let on: Vec<&Service> =
            project.services_of(document).iter().filter(|service| service.networks().contains(&name)).collect();
        let databases = on
            .iter()
            .all(|service| service.program.is_some_and(|program| program.is_database) && service.ports.is_empty());
        if !settled && on.len() > 1 && databases {
            report.at(key, "only databases are on this network").help("internal: true");
        }
    }
}
