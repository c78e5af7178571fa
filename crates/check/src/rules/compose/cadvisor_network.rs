use crate::rules::prelude::*;

rule! {
    /// cAdvisor shares a network with databases.
    ///
    /// It sees every container and the host's files, and asks for no password. Whoever reads its metrics needs to reach it,
    /// and nobody else; it needs to reach nothing.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   cadvisor: { image: "ghcr.io/google/cadvisor:0.55.1", networks: [monitoring, backend] }
    ///   db: { image: "postgres:18", networks: [backend] }
    /// networks: { monitoring: {}, backend: {} }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   cadvisor: { image: "ghcr.io/google/cadvisor:0.55.1", networks: [monitoring] }
    ///   db: { image: "postgres:18", networks: [backend] }
    /// networks: { monitoring: {}, backend: {} }
    /// ```
    ///
    /// Told with `--strict`, where it is on more than one network. Source: cAdvisor README and `docs/running.md` (what it
    /// mounts; no login is asked for unless `--http_auth_file` is given); read 2026-11-28.
    RULE = "compose-cadvisor-network", Info, Medium, Look::Service(check), strict
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    let mine = service.networks();
    if !service.is("cadvisor") || mine.len() < 2 {
        return;
    }
    let database = project.services_of(service.document).iter().find(|other| {
        other.program.is_some_and(|program| program.is_database && program.name != "prometheus")
            && other.networks().iter().any(|network| mine.contains(network))
    });
    if let Some(other) = database {
        report
            .at(
                service.get("networks").unwrap_or(service.key),
                format!("cAdvisor has no business with `{}`", other.name),
            )
            .related(other.key, "on a network with it")
            .help("the network of what scrapes it, and no other");
    }
}
