use crate::rules::prelude::*;

use crate::rules::caddy::{hosts, inside, sites};

rule! {
    /// A program calls its neighbour by way of the Internet.
    ///
    /// Both run on this host, and the one calls the other by its public name: out, through the proxy, and back in. Websockets
    /// are cut on the way, certificates and guards get a say, and when the domain is down so is the inside.
    ///
    /// ```env .env bad
    /// BOTSERVER_URL=https://api.example.org
    /// ```
    ///
    /// ```caddy Caddyfile bad
    /// api.example.org {
    ///     reverse_proxy localhost:5858
    /// }
    /// ```
    ///
    /// ```env .env good
    /// BOTSERVER_URL=http://localhost:5858
    /// ```
    ///
    /// ```caddy Caddyfile good
    /// api.example.org {
    ///     reverse_proxy localhost:5858
    /// }
    /// ```
    ///
    /// Told for names that say that a server is called. Source: one production incident. Not verified beyond it: what a
    /// detour breaks depends on the programs.
    RULE = "env-service-url-public", Info, Medium, Look::File(&[Kind::Env], check)
}

/// Whom a program calls by such a variable, as opposed to what browsers are told.
const CALLED: [&str; 10] = [
    "BOTSERVER_URL",
    "LITELLM_BASE_URL",
    "LITELLM_URL",
    "LITELLM_API_BASE",
    "QDRANT_URL",
    "OLLAMA_BASE_URL",
    "OLLAMA_HOST",
    "LOKI_URL",
    "VAULT_ADDR",
    "MINIO_ENDPOINT",
];

fn check(project: &Project, document: &Document, report: &mut Report) {
    for (key, value) in document.root().entries() {
        let called = key.text().is_some_and(|name| CALLED.contains(&name));
        let Some(host) = value.literal().and_then(|text| text.strip_prefix("https://")).filter(|_| called) else {
            continue;
        };
        let host = host.split(['/', ':']).next().unwrap_or_default();
        let site = project
            .of_kind(Kind::Caddyfile)
            .filter(|file| Project::are_related(file, document))
            .flat_map(sites)
            .find(|site| hosts(*site).any(|(_, name)| name == host));
        let upstream = site.and_then(|site| {
            inside(site).find(|line| line.word_text(0) == "reverse_proxy").and_then(|line| line.word(1))
        });
        if let Some(upstream) = upstream {
            report
                .at(value, format!("{host} is this host's own proxy"))
                .related(upstream, "what answers there")
                .help("call it where it listens");
        }
    }
}
