use crate::rules::prelude::*;

rule! {
    /// A health check asks `localhost` with a tool that tries only the first address.
    ///
    /// In Alpine images `localhost` is `::1` first, and busybox's wget does not go on to 127.0.0.1. A service that
    /// listens on IPv4 only is then "unhealthy" for ever, and whatever waits for it never starts. The service
    /// itself works, which makes it an evening's search.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   n8n:
    ///     image: docker.n8n.io/n8nio/n8n:2.8.4
    ///     healthcheck:
    ///       test: ["CMD", "wget", "-q", "--spider", "http://localhost:5678/healthz"]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   n8n:
    ///     image: docker.n8n.io/n8nio/n8n:2.8.4
    ///     healthcheck:
    ///       test: ["CMD", "wget", "-q", "--spider", "http://127.0.0.1:5678/healthz"]
    ///   db:
    ///     image: postgres:18
    ///     healthcheck: { test: ["CMD", "pg_isready", "-h", "localhost"] }
    /// ```
    ///
    /// Fix: 127.0.0.1, safe for wget. curl tries both addresses, so it is only told with `--strict` in mind: not at
    /// all. Source: busybox `networking/wget.c` (one address from `xhost2sockaddr`); musl's getaddrinfo.
    RULE = "compose-healthcheck-localhost", Warning, Medium, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let Some(health) = service.health() else { return };
    let asks = |words: &Vec<&str>| words[0].ends_with("wget") && words.iter().any(|word| word.contains("//localhost"));
    if !health.commands().iter().any(asks) {
        return;
    }
    let items = health.test.one_or_many();
    let places: Vec<Value> = items.into_iter().filter(|item| item.written().contains("//localhost")).collect();
    let Some(first) = places.first() else { return };
    let edits = places.iter().map(|item| Edit::replace(*item, item.written().replace("//localhost", "//127.0.0.1")));
    let edits = edits.collect();
    report
        .at(*first, "wget asks `localhost`, which is ::1 first in Alpine images; a service on IPv4 is never healthy")
        .safe_fix("ask 127.0.0.1", edits);
}
