use crate::rules::prelude::*;

rule! {
    /// A service waits until another is healthy, and that one has no health check.
    ///
    /// `docker compose up` ends with "dependency failed to start: container … has no healthcheck configured", and
    /// the service that waits never starts. The official images bring no check of their own.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     depends_on: { db: { condition: service_healthy } }
    ///   db:
    ///     image: postgres:18
    /// ```
    ///
    /// ```yaml compose.yaml bad 2
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     depends_on: { queue: { condition: service_healthy } }
    ///   queue:
    ///     image: ghcr.io/acme/queue:2.0.0
    ///     healthcheck: { disable: true }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     depends_on:
    ///       db: { condition: service_healthy }
    ///       queue: { condition: service_healthy }
    ///       cache: { condition: service_healthy, required: false }
    ///   db:
    ///     image: postgres:18
    ///     healthcheck: { test: ["CMD", "pg_isready", "-U", "app"] }
    ///   queue:
    ///     image: ghcr.io/acme/queue:2.0.0
    ///   cache:
    ///     image: redis:8
    /// ```
    ///
    /// What other images bring is not known here, and nothing is said of them. Source: docker-library/faq, "HEALTHCHECK";
    /// the Dockerfiles of the others; Docker Compose `pkg/compose/convergence.go`; read 2026-11-28.
    RULE = "compose-depends-on-no-healthcheck", Error, High, Look::Service(check)
}

/// Images without a `HEALTHCHECK`.
const WITHOUT: [&str; 17] = [
    "caddy",
    "docker.n8n.io/n8nio/n8n",
    "httpd",
    "mariadb",
    "memcached",
    "mongo",
    "mysql",
    "n8nio/n8n",
    "nginx",
    "pgvector/pgvector",
    "postgis/postgis",
    "postgres",
    "qdrant/qdrant",
    "rabbitmq",
    "redis",
    "traefik",
    "valkey/valkey",
];

fn check(project: &Project, service: &Service, report: &mut Report) {
    let waits = |how: &Value| {
        how.get("condition").and_then(Value::literal) == Some("service_healthy")
            && how.get("required").is_none_or(Value::is_true)
    };
    let Some(depends) = service.depends_on().filter(|depends| depends.is_map()) else { return };
    for (name, _) in depends.entries().into_iter().filter(|(_, how)| waits(how)) {
        // Of two services with this name, the one that has a check may be meant.
        let named: Vec<&Service> =
            project.together(service.document).filter(|other| Some(other.name) == name.text()).collect();
        let [other] = named.as_slice() else { continue };
        if other.is_partial || is_told_elsewhere(project, other) {
            continue;
        }
        let what = match other.get("healthcheck") {
            Some(health) if is_off(health) => "its health check is switched off".to_owned(),
            None if brings_none(other) => {
                let image = other.image.as_ref().map(|image| image.repository.as_str()).unwrap_or_default();
                format!("it has no health check, and the image `{image}` brings none")
            }
            _ => continue,
        };
        report
            .at(
                name,
                format!("`{}` waits until `{}` is healthy, but {what}: it never starts", service.name, other.name),
            )
            .related(other.key, "this service")
            .help("give it a `healthcheck`, or wait for `service_started`");
    }
}

fn is_off(health: Value) -> bool {
    let test = health.get("test");
    let first = test.and_then(|test| test.items().next().or(Some(test))).and_then(Value::text);
    health.get("disable").is_some_and(Value::is_true) || first == Some("NONE")
}

fn brings_none(other: &Service) -> bool {
    let known = |image: &crate::image::Image| !image.is_open && WITHOUT.contains(&image.repository.as_str());
    !other.has("build") && !other.has("provider") && other.image.as_ref().is_some_and(known)
}

/// Whether a Compose file beside it, which may be laid over it by `-f`, gives the service a check.
fn is_told_elsewhere(project: &Project, other: &Service) -> bool {
    let beside = project.documents.iter().filter(|file| {
        file.kind == Kind::Compose && file.path != other.document.path && file.folder() == other.document.folder()
    });
    let mut services = beside.flat_map(|file| file.roots()).filter_map(|root| root.get("services")?.get(other.name));
    services.any(|service| service.get("healthcheck").is_some())
}
