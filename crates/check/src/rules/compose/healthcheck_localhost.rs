use crate::purpose;
use crate::rules::prelude::*;

rule! {
    /// A health check asks `localhost` with a tool that tries only the first address.
    ///
    /// In Alpine images `localhost` is `::1` first, and busybox's wget does not go on to 127.0.0.1. (Alpine built it to
    /// prefer IPv4 until early 2025, so it may begin with a new image.) A service that listens on IPv4 only is then
    /// "unhealthy" for ever, and whatever waits for it never starts. The service itself works, which makes it an evening's
    /// search.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   web:
    ///     image: ghcr.io/acme/web:2.1-alpine
    ///     environment: { HOSTNAME: 0.0.0.0 }
    ///     healthcheck:
    ///       test: ["CMD", "wget", "-q", "--spider", "http://localhost:3000/healthz"]
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
    ///   web:
    ///     image: ghcr.io/acme/web:2.1-bookworm
    ///     healthcheck: { test: ["CMD", "wget", "-q", "http://localhost:3000/"] }
    /// ```
    ///
    /// A warning where the service is told to listen on 0.0.0.0 and its image says that it is Alpine's; otherwise only an information, since programs in Go,
    /// and n8n, listen on both: of those that are known to, nothing is told. Images that say they are Debian's have GNU wget, which tries both.
    ///
    /// Fix: 127.0.0.1, safe for plain HTTP where no variable
    /// says which names the program answers to. curl tries both addresses, so it is not told. Source: busybox `networking/wget.c`
    /// (one address from `xhost2sockaddr`) and `Config.src`, FEATURE_PREFER_IPV4_ADDRESS; open-afc-project/openafc pull
    /// request 293 (since Alpine 3.18.11) and xnohat/webobsidian pull request 30 (tried there in node:22-alpine); read
    /// 2026-11-28.
    RULE = "compose-healthcheck-localhost", Warning, Medium, Look::Service(check)
}

/// Parts of tags of images whose wget is GNU's.
pub(crate) const GNU: [&str; 9] =
    ["debian", "bookworm", "bullseye", "trixie", "slim", "ubuntu", "jammy", "noble", "focal"];

fn check(_: &Project, service: &Service, report: &mut Report) {
    let Some(health) = service.health() else { return };
    let asks = |words: &Vec<&str>| words[0].ends_with("wget") && words.iter().any(|word| word.contains("//localhost"));
    if !health.commands().iter().any(asks) {
        return;
    }
    let tag = service.image.as_ref().and_then(|image| image.tag.as_deref()).unwrap_or_default();
    let repository = service.image.as_ref().map_or("", |image| image.repository.as_str());
    if GNU.iter().any(|name| tag.contains(name))
        || repository == "clickhouse/clickhouse-server" && !tag.contains("alpine")
    {
        return;
    }
    // Caddy's own interface is on `localhost`, which Go takes for 127.0.0.1.
    let is_admin = health.command.contains(":2019");
    if bound_to_ipv4(service).is_none() && purpose::listens_on_both(service) && !is_admin {
        return;
    }
    let items = health.test.one_or_many();
    let places: Vec<Value> = items.into_iter().filter(|item| item.written().contains("//localhost")).collect();
    let Some(first) = places.first() else { return };
    let edits = places.iter().filter_map(|item| Some(Edit::replace(*item, with_wget_by_address(item.written())?)));
    let edits: Vec<Edit> = edits.collect();
    let finding = report.at(
        *first,
        "wget asks `localhost`, which is ::1 first in Alpine images; a service on IPv4 only is never healthy",
    );
    let bound = bound_to_ipv4(service);
    if let Some(place) = bound {
        finding.related(place, "here it is told to listen on IPv4 only");
    }
    // Whoever builds an image may have put GNU's wget into it, which goes on to the next address.
    let is_busybox = tag.contains("alpine") || repository.contains("alpine");
    if bound.is_none() || !is_busybox {
        finding.severity(Severity::Info);
    }
    finding.help("ask 127.0.0.1");
    match (edits.is_empty(), service.variables.iter().any(names_hosts)) {
        (true, _) => finding,
        (_, false) => finding.safe_fix("ask 127.0.0.1", edits),
        (_, true) => finding.unsafe_fix("ask 127.0.0.1", edits),
    };
}

/// The same asked by address. A certificate is for the name, so only plain HTTP.
pub(crate) fn by_address(text: &str) -> Option<String> {
    reworded(text, "http://localhost", "http://127.0.0.1")
}

/// The same only where it is not curl that asks.
fn with_wget_by_address(text: &str) -> Option<String> {
    let commands = text.split_inclusive(['|', '&', ';']);
    let asked = commands.map(|command| match command.contains("curl ") {
        true => command.to_owned(),
        false => by_address(command).unwrap_or_else(|| command.to_owned()),
    });
    let asked: String = asked.collect();
    (asked != text).then_some(asked)
}

/// Whether a variable says under which names the program answers: it may know `localhost` and not the address.
fn names_hosts(variable: &crate::compose::Variable) -> bool {
    let is_list = ["HOSTS", "SERVER_NAME", "DOMAIN"].iter().any(|word| variable.name.contains(word));
    is_list && variable.value.as_deref().is_none_or(|value| !value.contains("127.0.0.1") && !value.contains('*'))
}

/// Where the service is told to listen on 0.0.0.0, by a program for which that is IPv4 alone: Node's and Python's. Go
/// takes it for every address, IPv6 too.
fn bound_to_ipv4<'a>(service: &Service<'a>) -> Option<Value<'a>> {
    let variable = service
        .variables
        .iter()
        .find(|variable| matches!(variable.name, "HOST" | "HOSTNAME") && variable.value.as_deref() == Some("0.0.0.0"));
    let runners = ["node", "npm", "pnpm", "yarn", "next", "vite", "python", "python3", "uvicorn", "gunicorn", "flask"];
    let words: Vec<(Value, &str)> = ["command", "entrypoint"].into_iter().flat_map(|key| service.words(key)).collect();
    let runs = words.iter().any(|(_, word)| word.rsplit('/').next().is_some_and(|name| runners.contains(&name)));
    let word = words.iter().find(|(_, word)| runs && word.contains("0.0.0.0")).map(|(place, _)| *place);
    variable.map(|variable| variable.place).or(word)
}
