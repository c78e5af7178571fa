use crate::rules::prelude::*;

rule! {
    /// A service is told to call another one with which it shares no network.
    ///
    /// The name does not resolve, and the program says "no such host" for something that is plainly running. Grafana
    /// on `monitoring` and its database on `backend` is how it was met.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   n8n:
    ///     image: docker.n8n.io/n8nio/n8n:2.8.4
    ///     environment: { DB_POSTGRESDB_HOST: db }
    ///     networks: [frontend]
    ///   db:
    ///     image: postgres:18
    ///     networks: [backend]
    /// networks: { frontend: {}, backend: {} }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   n8n:
    ///     image: docker.n8n.io/n8nio/n8n:2.8.4
    ///     environment: { DB_POSTGRESDB_HOST: db }
    ///     networks: [frontend, backend]
    ///   db:
    ///     image: postgres:18
    ///     networks: [backend]
    /// networks: { frontend: {}, backend: {} }
    /// ```
    ///
    /// Source: compose-spec `06-networks.md` (isolated "because they do not share a network in common"); read 2026-11-27.
    RULE = "compose-network-unreachable", Error, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    let mine = service.networks();
    if mine.is_empty() || calls_nobody(service) {
        return;
    }
    // What is written into its hosts file resolves all the same.
    let named = |host: &str| {
        let texts = ["extra_hosts", "links", "external_links"].into_iter().flat_map(|key| service.all(key));
        let keyed = service.get("extra_hosts").is_some_and(|hosts| hosts.get(host).is_some());
        keyed || texts.filter_map(Value::text).any(|text| text.split([':', '=']).any(|part| part == host))
    };
    let others: Vec<&Service> = project.together(service.document).collect();
    for variable in &service.variables {
        let Some(host) = variable.value.as_deref().and_then(|value| host_of(variable.name, value)) else { continue };
        let Some(other) = others.iter().find(|other| other.name == host && other.name != service.name) else {
            continue;
        };
        // Another service on a common network may answer to that name.
        let reached = others.iter().any(|other| {
            other.name != service.name
                && other.answers_to(host)
                && (other.networks().is_empty() || other.networks().iter().any(|network| mine.contains(network)))
        });
        // Variables that several services are given are read by one that knows them: another one that has them and
        // reaches that name is the one they are meant for.
        let is_meant_for = |user: &Service| {
            user.name != service.name
                && user.variables.iter().any(|shared| is_same_place(shared.place, variable.place))
                && (user.name == other.name || user.networks().is_empty() || shares_network(user, other))
        };
        if !reached && !named(host) && !others.iter().any(|user| is_meant_for(user)) {
            report
                .at(variable.place, format!("`{}` cannot reach `{host}`: they share no network", service.name))
                .related(other.key, format!("`{host}` is on {}", other.networks().join(", ")));
        }
    }
}

/// Whether it is a database, whatever variables were left with it.
fn calls_nobody(service: &Service) -> bool {
    let name = service.image.as_ref().and_then(|image| image.repository.rsplit('/').next());
    name.is_some_and(|name| ["mariadb", "memcached", "mongo", "mysql", "postgres", "redis", "valkey"].contains(&name))
}

fn is_same_place(left: Value, right: Value) -> bool {
    std::ptr::eq(left.document(), right.document()) && left.range() == right.range()
}

fn shares_network(left: &Service, right: &Service) -> bool {
    left.networks().iter().any(|network| right.networks().contains(network))
}

/// The host that a variable names: an address with a scheme, or a name where the variable says HOST.
pub(crate) fn host_of<'v>(name: &str, value: &'v str) -> Option<&'v str> {
    let host = match value.split_once("://") {
        Some((_, rest)) => {
            let authority = rest.split(['/', '?']).next()?;
            authority.rsplit('@').next()?.split(':').next()?
        }
        None if name.ends_with("_HOST") || name.ends_with("_HOSTNAME") || name == "PGHOST" => {
            value.split(':').next()?
        }
        None => return None,
    };
    (!host.is_empty() && !host.contains('$')).then_some(host)
}
