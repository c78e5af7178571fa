use super::upstream::upstreams;
use super::{all_lines, options};
use crate::address::{BY_NAME, host_and_port, is_localhost};
use crate::rules::prelude::*;
use std::cell::LazyCell;

rule! {
    /// Caddy in a container sends requests to localhost.
    ///
    /// That is Caddy's own container, where nobody else listens: every request ends with 502. A service of the same file is called
    /// by its name, and a program on the host by `host.docker.internal`.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   edge:
    ///     image: caddy:2.11.2
    ///     volumes: ["./Caddyfile:/etc/caddy/Caddyfile:ro", "data:/data"]
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    /// volumes: { data: {} }
    /// ```
    ///
    /// ```caddy Caddyfile bad
    /// example.org {
    ///     reverse_proxy localhost:3000
    /// }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   edge:
    ///     image: caddy:2.11.2
    ///     volumes: ["./Caddyfile:/etc/caddy/Caddyfile:ro", "data:/data"]
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    /// volumes: { data: {} }
    /// ```
    ///
    /// ```caddy Caddyfile good
    /// example.org {
    ///     reverse_proxy app:3000
    ///     handle /inside/* {
    ///         reverse_proxy localhost:8080
    ///     }
    /// }
    /// :8080 {
    ///     respond "Caddy's own"
    /// }
    /// ```
    ///
    /// Not told on the host's network, where another container shares Caddy's, and of ports on which the file itself listens. Tried with
    /// two network namespaces, which is what containers have, 2026-11-28: what listens in one is refused at 127.0.0.1 in the other.
    RULE = "caddy-loopback-upstream", Error, High, Look::Service(check)
}

/// Where Caddy itself listens: its sites, its health and its administration.
const OWN: [u16; 3] = [80, 443, 2019];

fn check(project: &Project, service: &Service, report: &mut Report) {
    if service.mounts.is_empty() || service.has("network_mode") || !is_only_caddy(project, service) {
        return;
    }
    let files: Vec<&Document> =
        service.mounted(project).map(|(file, _)| file).filter(|file| file.kind == Kind::Caddyfile).collect();
    let listens = |port: u16| {
        let sign = format!(":{port}");
        let is_it = |text: &str| {
            text.match_indices(&sign)
                .any(|(at, _)| !text[at + sign.len()..].starts_with(|next: char| next.is_ascii_digit()))
        };
        OWN.contains(&port)
            || files.iter().any(|file| {
                let named = file.root().lines().flat_map(Value::words).any(|word| word.text().is_some_and(is_it));
                named || options(file).is_some_and(|block| is_it(block.written()))
            })
    };
    let is_shared = LazyCell::new(|| service.is_shared(project));
    let lines = files.iter().flat_map(|file| all_lines(file));
    for (word, address) in lines.flat_map(upstreams) {
        let Some((host, port)) = host_and_port(address) else { continue };
        let is_local = host.is_empty() || is_localhost(host);
        if !is_local || listens(port) || *is_shared {
            continue;
        }
        let near = project
            .together(service.document)
            .find(|other| other.name != service.name && (other.ports.iter().any(|one| one.reaches(port))));
        let finding = report.at(word, "localhost is Caddy's own container: nothing else answers there");
        finding.related(service.key, "this service reads the file");
        match near {
            Some(other) => finding.help(format!("{}:{port}", other.name)),
            None => finding.help(BY_NAME),
        };
    }
}

/// Whether the container runs Caddy and nothing beside it, as far as its files say.
fn is_only_caddy(project: &Project, service: &Service) -> bool {
    let starts = service.has("entrypoint") || service.words("command").iter().any(|(_, word)| word.contains("sh"));
    let name = service.image.as_ref().and_then(|image| image.repository.rsplit('/').next());
    match service.get("build") {
        _ if starts => false,
        None => name.is_some_and(|name| name.contains("caddy")),
        // One of one's own, mostly for a plugin: it starts what Caddy's image starts.
        Some(_) => service.dockerfile(project).is_some_and(is_of_caddy),
    }
}

fn is_of_caddy(file: &Document) -> bool {
    let first = |line: &Value| line.word_text(0).to_ascii_uppercase();
    let last = file.root().lines().filter(|line| first(line) == "FROM").last();
    let is_caddy = last.is_some_and(|line| line.word_text(1) == "caddy" || line.word_text(1).starts_with("caddy:"));
    is_caddy && !file.root().lines().any(|line| matches!(first(&line).as_str(), "CMD" | "ENTRYPOINT"))
}
