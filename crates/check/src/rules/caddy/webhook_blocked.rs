use crate::rules::prelude::*;

use super::{hosts, inside, sites};

rule! {
    /// Webhooks are announced under a name that lets in the mesh alone.
    ///
    /// n8n tells Telegram, Meta and GitHub to call `WEBHOOK_URL`. A guard around the whole site answers them with 403, and the
    /// workflow never starts.
    ///
    /// ```caddy Caddyfile bad
    /// n8n.example.org {
    ///     @outside not remote_ip 100.64.0.0/10
    ///     error @outside 403
    ///     reverse_proxy n8n:5678
    /// }
    /// ```
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   n8n: { image: "docker.n8n.io/n8nio/n8n:2.8.4", environment: { WEBHOOK_URL: "https://n8n.example.org/" } }
    /// ```
    ///
    /// ```caddy Caddyfile good
    /// n8n.example.org {
    ///     @hooks path /webhook/*
    ///     handle @hooks {
    ///         reverse_proxy n8n:5678
    ///     }
    ///     handle {
    ///         @outside not remote_ip 100.64.0.0/10
    ///         error @outside 403
    ///         reverse_proxy n8n:5678
    ///     }
    /// }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   n8n: { image: "docker.n8n.io/n8nio/n8n:2.8.4", environment: { WEBHOOK_URL: "https://n8n.example.org/" } }
    /// ```
    ///
    /// Tried with Caddy 2.11.4, 2026-11-28: the first answers 403 to a webhook, the second lets it in. Source: n8n documentation,
    /// "Configure n8n webhooks with reverse proxy" (WEBHOOK_URL is what external services are told); read the same day.
    RULE = "caddy-webhook-blocked", Warning, Medium, Look::File(&[Kind::Caddyfile], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for site in sites(document) {
        let top: Vec<Value> = site.block().into_iter().flat_map(Value::lines).collect();
        let Some(guard) = top.iter().find(|line| line.word_text(0).starts_with('@') && is_guard(**line)) else {
            continue;
        };
        let name = guard.word_text(0);
        let refuses = top
            .iter()
            .any(|line| matches!(line.word_text(0), "error" | "abort" | "respond") && line.word_text(1) == name);
        // Caddy puts `handle` before the refusal: what is in one is not refused.
        let handled = top.iter().any(|line| matches!(line.word_text(0), "handle" | "handle_path" | "route"));
        let lets_hooks_in = handled
            || inside(site).any(|line| line.words().filter_map(Value::text).any(|word| word.contains("webhook")));
        if !refuses || lets_hooks_in {
            continue;
        }
        for (_, host) in hosts(site) {
            let announced = project
                .services()
                .filter(|service| Project::are_related(service.document, document))
                .find_map(|service| {
                    let url = service.variable("WEBHOOK_URL")?;
                    let named = url.value.as_deref()?.split_once("://")?.1.split(['/', ':']).next()? == host;
                    named.then_some(url.place)
                });
            if let Some(place) = announced {
                report
                    .at(*guard, format!("who calls a webhook at {host} is outside, and is refused"))
                    .related(place, "here the world is told to call it");
            }
        }
    }
}

/// `@name not remote_ip …` on one line or in a block, with nothing else that narrows it.
fn is_guard(line: Value) -> bool {
    let words: Vec<&str> = match line.block() {
        None => line.words().skip(1).filter_map(Value::text).collect(),
        Some(block) => {
            let lines: Vec<Value> = block.lines().collect();
            let [only] = lines.as_slice() else { return false };
            only.words().filter_map(Value::text).collect()
        }
    };
    matches!(words.as_slice(), ["not", "remote_ip" | "client_ip", ..])
}
