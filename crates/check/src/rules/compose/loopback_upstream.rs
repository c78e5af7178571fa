use crate::rules::prelude::*;

rule! {
    /// A service in a container is told to call localhost.
    ///
    /// Inside of a container localhost is the container. The database of the neighbour service is reached by the
    /// neighbour's name, and one on the host by `host.docker.internal`.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   n8n:
    ///     image: docker.n8n.io/n8nio/n8n:2.8.4
    ///     environment: { DB_POSTGRESDB_HOST: localhost }
    ///   db:
    ///     image: postgres:18
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   n8n:
    ///     image: docker.n8n.io/n8nio/n8n:2.8.4
    ///     environment: { DB_POSTGRESDB_HOST: db }
    ///   db:
    ///     image: postgres:18
    /// ```
    ///
    /// Told where a service of the same file listens on that port, or the variable names a database's host. Tried with two
    /// network namespaces, which is what containers have, 2026-11-28: what listens in one is refused at 127.0.0.1 in the
    /// other, and answers at its address.
    RULE = "compose-loopback-upstream", Error, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    if service.has("network_mode") {
        return;
    }
    for variable in service.variables.iter().filter(|variable| variable.inline) {
        let Some(value) = variable.value.as_deref() else { continue };
        let Some(port) = loopback_port(variable.name, value) else { continue };
        let other = project.together(service.document).find(|other| {
            let listens = other.program.is_some_and(|program| program.private_ports.contains(&port));
            other.name != service.name && listens
        });
        let own = service.program.is_some_and(|program| program.private_ports.contains(&port))
            || service.ports.iter().any(|port_of| port_of.reaches(port));
        if let Some(other) = other.filter(|_| !own) {
            report
                .at(variable.place, format!("localhost is this container itself; port {port} is `{}`'s", other.name))
                .related(other.key, "this one")
                .help(format!("call it `{}`", other.name));
        }
    }
}

/// The port on localhost that a variable points at.
fn loopback_port(name: &str, value: &str) -> Option<u16> {
    let upper = name.to_ascii_uppercase();
    let is_local = |host: &str| matches!(host, "localhost" | "127.0.0.1");
    if let Some((scheme, rest)) = value.split_once("://") {
        let authority = rest.split(['/', '?']).next()?.rsplit('@').next()?;
        let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
        let usual = match scheme {
            "postgres" | "postgresql" => Some(5432),
            "redis" | "rediss" => Some(6379),
            _ => None,
        };
        // What browsers are told is their localhost, not the container's.
        let for_browsers = [
            "PUBLIC", "ORIGIN", "CORS", "FRONTEND", "CALLBACK", "REDIRECT", "WEBHOOK", "EXTERNAL", "SITE", "ROOT_URL",
            "BASE_URL", "NEXTAUTH",
        ];
        let public = for_browsers.iter().any(|word| upper.contains(word)) && usual.is_none();
        return is_local(host).then(|| port.parse().ok().or(usual)).flatten().filter(|_| !public);
    }
    let database = ["POSTGRES", "PG", "DB_"].iter().any(|word| upper.starts_with(word));
    match () {
        () if !is_local(value) || !upper.ends_with("HOST") => None,
        () if upper.contains("REDIS") => Some(6379),
        () if upper.contains("QDRANT") => Some(6333),
        () if database => Some(5432),
        () => None,
    }
}
