use crate::rules::prelude::*;
use piton_config::nearest;
use std::collections::HashSet;
use std::sync::LazyLock;

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
    /// ```yaml compose.yaml bad 3
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     deploy: { resources: { limits: { cpu: "2" } } }
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
    /// are those of compose-go's `schema/compose-spec.json`, 2026-07-21; `enviroment`, `Environment`, `net`, `dockerfile` and `cpu`
    /// tried with Docker Compose 2.26.1, `config`, 2026-11-28.
    RULE = "compose-key-unknown", Error, High, Look::File(&[Kind::Compose], check)
}

static KEYS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let lines = include_str!("../../../data/compose-service.keys").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).collect()
});

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

/// What may stand in the parts of a service; their keys are told by them, too.
const PARTS: [(&str, &[&str]); 6] = [
    ("build", &BUILD),
    (
        "deploy",
        &[
            "endpoint_mode",
            "labels",
            "mode",
            "placement",
            "replicas",
            "resources",
            "restart_policy",
            "rollback_config",
            "update_config",
        ],
    ),
    ("deploy.resources", &["limits", "reservations"]),
    ("deploy.resources.limits", &["cpus", "memory", "pids"]),
    ("healthcheck", &["disable", "interval", "retries", "start_interval", "start_period", "test", "timeout"]),
    ("logging", &["driver", "options"]),
];

const BUILD: [&str; 25] = [
    "additional_contexts",
    "args",
    "cache_from",
    "cache_to",
    "context",
    "dockerfile",
    "dockerfile_inline",
    "entitlements",
    "extra_hosts",
    "isolation",
    "labels",
    "network",
    "no_cache",
    "no_cache_filter",
    "platforms",
    "privileged",
    "provenance",
    "pull",
    "sbom",
    "secrets",
    "shm_size",
    "ssh",
    "tags",
    "target",
    "ulimits",
];

fn check(_: &Project, document: &Document, report: &mut Report) {
    let services = || document.roots().filter_map(|root| root.get("services")).flat_map(Value::entries);
    if !services().any(|(_, service)| ["image", "build"].iter().any(|key| service.get(key).is_some())) {
        return;
    }
    let mut told = HashSet::new();
    for (_, service) in services() {
        for (key, name) in unknown(service, &KEYS) {
            let elsewhere = ELSEWHERE.iter().find(|(other, _)| *other == name).map(|(_, place)| *place);
            let help = match (elsewhere, nearest(name, KEYS.iter().copied())) {
                (Some(place), _) => format!("what it says belongs to `{place}`"),
                (None, Some(meant)) => format!("did you mean `{meant}`?"),
                (None, None) => continue,
            };
            if told.insert(key.range().start) {
                report.at(key, format!("Compose does not know the key `{name}`, and refuses the file")).help(help);
            }
        }
        for (path, keys) in PARTS {
            let Some(part) = service.path(path) else { continue };
            for (key, name) in unknown(part, keys) {
                let Some(meant) = nearest(name, keys.iter().copied()).filter(|_| told.insert(key.range().start)) else {
                    continue;
                };
                report
                    .at(key, format!("Compose does not know the key `{name}` in `{path}`, and refuses the file"))
                    .help(format!("did you mean `{meant}`?"));
            }
        }
    }
}

/// The keys of a map that are none of these, nor anybody's own.
fn unknown<'a>(map: Value<'a>, known: &[&str]) -> Vec<(Value<'a>, &'a str)> {
    let is_unknown = |name: &str| {
        !name.starts_with("x-") && !name.contains('$') && !known.contains(&name) && !OTHERS.contains(&name)
    };
    let named = map.entries().into_iter().filter_map(|(key, _)| Some((key, key.literal()?)));
    named.filter(|(_, name)| is_unknown(name)).collect()
}
