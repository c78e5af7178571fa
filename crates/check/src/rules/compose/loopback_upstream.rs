use crate::rules::prelude::*;
use std::cell::LazyCell;

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
    /// ```yaml compose.yaml bad 2
    /// services:
    ///   chat:
    ///     image: ghcr.io/open-webui/open-webui:v0.6.30
    ///     environment: { OLLAMA_BASE_URL: "http://localhost:11434" }
    ///   ollama:
    ///     image: ollama/ollama:0.12.3
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
    /// Told where a service of the same file listens on that port, or the variable names a database's host. What browsers call is not
    /// told: their localhost is another one. Tried with two
    /// network namespaces, which is what containers have, 2026-11-28: what listens in one is refused at 127.0.0.1 in the
    /// other, and answers at its address.
    RULE = "compose-loopback-upstream", Error, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    if service.has("network_mode") {
        return;
    }
    let is_shared = LazyCell::new(|| service.is_shared(project));
    for variable in service.variables.iter().filter(|variable| variable.inline) {
        let Some(value) = variable.value.as_deref() else { continue };
        let Some(port) = loopback_port(variable.name, value) else { continue };
        let is_called = is_for_servers(variable.name);
        let other = project.together(service.document).find(|other| {
            let is_known = other.program.is_some_and(|program| program.private_ports.contains(&port));
            let is_said = || is_called && (other.ports.iter().any(|one| one.reaches(port)) || exposes(other, port));
            other.name != service.name && !other.has("network_mode") && (is_known || is_said())
        });
        let own = service.program.is_some_and(|program| program.private_ports.contains(&port))
            || service.ports.iter().any(|port_of| port_of.reaches(port))
            || exposes(service, port);
        if let Some(other) = other.filter(|_| !own && !*is_shared) {
            report
                .at(variable.place, format!("localhost is this container itself; port {port} is `{}`'s", other.name))
                .related(other.key, "this one")
                .help(format!("call it `{}`", other.name));
        }
    }
}

fn exposes(service: &Service, port: u16) -> bool {
    service
        .all("expose")
        .into_iter()
        .filter_map(Value::text)
        .any(|text| text.split('/').next() == Some(&port.to_string()))
}

/// What browsers are told is their localhost, not the container's.
pub(super) fn is_for_browsers(name: &str) -> bool {
    let words = [
        "PUBLIC",
        "ORIGIN",
        "CORS",
        "FRONTEND",
        "CALLBACK",
        "REDIRECT",
        "WEBHOOK",
        "EXTERNAL",
        "SITE",
        "ROOT_URL",
        "BASE_URL",
        "NEXTAUTH",
        "VITE_",
        "REACT_APP",
        "ISSUER",
        "DOMAIN",
    ];
    let upper = name.to_ascii_uppercase().replace("DATABASE", "DB");
    words.iter().any(|word| upper.contains(word)) && !is_for_servers(name)
}

/// Whether the variable names what servers call and browsers do not: models, databases, collectors.
fn is_for_servers(name: &str) -> bool {
    let words = [
        "OLLAMA_BASE_URL",
        "OLLAMA_API",
        "OLLAMA_HOST",
        "OLLAMA_URL",
        "OPENAI_API_BASE",
        "OPENAI_BASE_URL",
        "LITELLM_",
        "QDRANT_",
        "CHROMA_",
        "WEAVIATE_",
        "MILVUS_",
        "OTEL_EXPORTER",
        "ELASTICSEARCH_",
        "SEARXNG_QUERY",
        "TIKA_SERVER",
        "LOKI_URL",
        "PROMETHEUS_URL",
        "TEMPO_ENDPOINT",
    ];
    let upper = name.to_ascii_uppercase();
    let is_public = ["PUBLIC", "VITE_", "REACT_APP", "WEBHOOK", "CORS"].iter().any(|word| upper.contains(word));
    !is_public && words.iter().any(|word| upper.contains(word))
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
        let public = is_for_browsers(name) && usual.is_none();
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
