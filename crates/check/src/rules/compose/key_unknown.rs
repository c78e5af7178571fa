use crate::rules::prelude::*;
use piton_config::nearest;
use std::collections::HashSet;

rule! {
    /// A key of a service that Compose does not know.
    ///
    /// Compose refuses the whole file: "Additional property enviroment is not allowed".
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     enviroment: { HOST: app.example.com }
    /// ```
    ///
    /// ```yaml compose.yaml bad 2
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     replicas: 2
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     environment: { HOST: app.example.com }
    ///     deploy: { replicas: 2 }
    ///     mem_limit: 512m
    ///     x-note: keys that begin with x- are everybody's own
    /// ```
    ///
    /// Told is what is nearly a known key, or one of another place; a key of a newer Compose may be as unknown. The keys
    /// are those of compose-go's `schema/compose-spec.json`, 2026-07-21; `enviroment`, `Environment`, `net` and `dockerfile` tried
    /// with Docker Compose 2.26.1, `config`, 2026-11-28.
    RULE = "compose-key-unknown", Error, High, Look::File(&[Kind::Compose], check)
}

const KEYS: &str = include_str!("../../../data/compose-service.keys");

/// Keys that stand in another place, and where.
const ELSEWHERE: [(&str, &str); 21] = [
    ("args", "build"),
    ("context", "build"),
    ("dockerfile", "build"),
    ("env", "environment"),
    ("interval", "healthcheck"),
    ("limits", "deploy.resources"),
    ("log_driver", "logging.driver"),
    ("log_opt", "logging.options"),
    ("memory", "deploy.resources.limits"),
    ("net", "network_mode"),
    ("placement", "deploy"),
    ("replicas", "deploy"),
    ("reservations", "deploy.resources"),
    ("resources", "deploy"),
    ("restart_policy", "deploy"),
    ("retries", "healthcheck"),
    ("rollback_config", "deploy"),
    ("start_period", "healthcheck"),
    ("test", "healthcheck"),
    ("timeout", "healthcheck"),
    ("update_config", "deploy"),
];

/// Keys of other programs that read such files, and of the docker-compose that was written in Python.
const OTHERS: [&str; 2] = ["cgroupns_mode", "volume_driver"];

fn check(_: &Project, document: &Document, report: &mut Report) {
    let services = || document.roots().filter_map(|root| root.get("services")).flat_map(Value::entries);
    if !services().any(|(_, service)| ["image", "build"].iter().any(|key| service.get(key).is_some())) {
        return;
    }
    let known: HashSet<&str> =
        KEYS.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect();
    let mut told = HashSet::new();
    for (key, _) in services().flat_map(|(_, service)| service.entries()) {
        let Some(name) = key.literal().filter(|name| !name.starts_with("x-") && !name.contains('$')) else { continue };
        if known.contains(name) || OTHERS.contains(&name) {
            continue;
        }
        let elsewhere = ELSEWHERE.iter().find(|(other, _)| *other == name).map(|(_, place)| *place);
        let help = match (elsewhere, nearest(name, known.iter().copied())) {
            (Some(place), _) => format!("what it says belongs to `{place}`"),
            (None, Some(meant)) => format!("did you mean `{meant}`?"),
            (None, None) => continue,
        };
        if told.insert(key.range().start) {
            report.at(key, format!("Compose does not know the key `{name}`, and refuses the file")).help(help);
        }
    }
}
