use super::loopback_upstream::is_for_browsers;
use crate::address::host_and_port;
use crate::compose::Port;
use crate::rules::caddy::upstream::upstreams;
use crate::rules::prelude::*;

rule! {
    /// A service calls its neighbour at the port of the host.
    ///
    /// In `5433:5432` the first number is the host's. Containers reach each other where the program listens, at 5432; behind the
    /// service's name nobody answers at the other one.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     environment: { DATABASE_URL: "postgres://app:${DB_PASSWORD}@db:5433/app" }
    ///   db:
    ///     image: postgres:18
    ///     ports: ["127.0.0.1:5433:5432"]
    /// ```
    ///
    /// ```yaml compose.yaml bad 2
    /// services:
    ///   edge:
    ///     image: caddy:2.11.2
    ///     volumes: ["./Caddyfile:/etc/caddy/Caddyfile:ro", "data:/data"]
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     ports: ["127.0.0.1:8081:80"]
    /// volumes: { data: {} }
    /// ```
    ///
    /// ```caddy Caddyfile bad 2
    /// example.org {
    ///     reverse_proxy app:8081
    /// }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     environment:
    ///       DATABASE_URL: "postgres://app:${DB_PASSWORD}@db:5432/app"
    ///       QUEUE_HOST: queue
    ///       QUEUE_PORT: 5673
    ///   db:
    ///     image: postgres:18
    ///     ports: ["127.0.0.1:5433:5432"]
    ///   queue:
    ///     image: ghcr.io/acme/queue:2.0.0
    ///     environment: { LISTEN: "0.0.0.0:5673" }
    ///     ports: ["127.0.0.1:5673:5672"]
    /// ```
    ///
    /// Looked at are variables, Caddyfiles and Grafana's data sources that the service is given. Evidence: the files themselves contradict
    /// each other. Source: Docker's documentation of networks in Compose, from memory.
    RULE = "compose-host-port-upstream", Error, High, Look::Service(check)
}

/// More addresses of one service than this are not compared.
const MOST: usize = 250;

fn check(project: &Project, service: &Service, report: &mut Report) {
    if service.has("network_mode") || !project.together(service.document).any(|other| other.ports.iter().any(is_moved))
    {
        return;
    }
    for (place, host, port) in addresses(project, service).into_iter().take(MOST) {
        let mut named = project.together(service.document).filter(|other| other.answers_to(&host));
        let (Some(other), None) = (named.next(), named.next()) else { continue };
        if other.name == service.name || other.has("network_mode") || other.is_partial || listens(other, port) {
            continue;
        }
        let taken = |one: &&Port| is_moved(one) && one.host.as_ref().is_some_and(|range| range.contains(&port));
        let Some(mapping) = other.ports.iter().find(taken) else { continue };
        let inside = mapping.container.as_ref().map_or(0, |range| *range.start());
        report
            .at(place, format!("{port} is the host's port: `{host}` listens on {inside}"))
            .related(mapping.value, "published here")
            .help(format!("{host}:{inside}"));
    }
}

/// Whether one port of the host leads to another one of the container.
fn is_moved(port: &Port) -> bool {
    let single = |range: &std::ops::RangeInclusive<u16>| (range.start() == range.end()).then_some(*range.start());
    let pair = (port.host.as_ref().and_then(single), port.container.as_ref().and_then(single));
    !port.is_udp && matches!(pair, (Some(host), Some(container)) if host != container)
}

/// Whether anything says that the service itself listens there.
fn listens(service: &Service, port: u16) -> bool {
    let text = port.to_string();
    let names = |value: &str| {
        value.match_indices(&text).any(|(at, _)| {
            let digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_digit());
            !digit(value[..at].chars().next_back()) && !digit(value[at + text.len()..].chars().next())
        })
    };
    let words = ["command", "entrypoint", "expose"].into_iter().flat_map(|key| service.words(key));
    service.ports.iter().any(|one| one.reaches(port))
        || words.into_iter().any(|(_, word)| names(word))
        || service.variables.iter().any(|variable| variable.value.as_deref().is_some_and(&names))
        || service.health().is_some_and(|health| names(&health.command))
}

/// The addresses that a service is given: where they stand, host and port.
fn addresses<'a>(project: &Project<'a>, service: &Service<'a>) -> Vec<(Value<'a>, String, u16)> {
    let mut found = Vec::new();
    for variable in service.variables.iter().filter(|variable| !is_for_browsers(variable.name)) {
        let Some(value) = variable.value.as_deref() else { continue };
        if let Some(stem) = variable.name.strip_suffix("PORT")
            && let Ok(port) = value.parse::<u16>()
        {
            let host = service.variable(&format!("{stem}HOST")).and_then(|host| host.value.as_deref());
            found.extend(host.map(|host| (variable.place, host.to_owned(), port)));
        } else if value.contains(':') && value.len() < 2000 {
            let items = value.split([',', ' ', ';', '\n']);
            found.extend(items.filter_map(authority).map(|(host, port)| (variable.place, host.to_owned(), port)));
        }
    }
    for (file, _) in service.mounted(project) {
        match file.kind {
            Kind::Caddyfile => {
                let lines = crate::rules::caddy::all_lines(file).flat_map(upstreams);
                let known = lines
                    .filter_map(|(word, text)| host_and_port(text).map(|(host, port)| (word, host.to_owned(), port)));
                found.extend(known);
            }
            Kind::GrafanaDatasources => {
                let sources = file.roots().filter_map(|root| root.get("datasources")).flat_map(Value::items);
                let urls = sources.filter_map(|source| source.get("url"));
                found.extend(
                    urls.filter_map(|url| authority(url.literal()?).map(|(host, port)| (url, host.to_owned(), port))),
                );
            }
            _ => {}
        }
    }
    found
}

/// Host and port of `scheme://user@host:port/path`, or of a bare `host:port`.
fn authority(text: &str) -> Option<(&str, u16)> {
    let rest = text.rsplit_once("://").map_or(text, |(_, rest)| rest);
    let (host, port) = rest.split(['/', '?']).next()?.rsplit('@').next()?.split_once(':')?;
    Some((host, port.parse().ok()?)).filter(|(host, _)| !host.is_empty())
}
