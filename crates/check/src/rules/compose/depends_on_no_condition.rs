use crate::rules::prelude::*;

rule! {
    /// A service starts beside its database instead of after it.
    ///
    /// The short form of `depends_on` waits until the container is started, not until the database takes
    /// connections. LiteLLM and n8n run their migrations at once, fail, and are restarted until the database is
    /// there, or stay down without a restart policy.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   n8n:
    ///     image: docker.n8n.io/n8nio/n8n:2.8.4
    ///     depends_on: [db]
    ///   db:
    ///     image: postgres:18
    ///     healthcheck: { test: ["CMD", "pg_isready"] }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   n8n:
    ///     image: docker.n8n.io/n8nio/n8n:2.8.4
    ///     depends_on: { db: { condition: service_healthy } }
    ///   db:
    ///     image: postgres:18
    ///     healthcheck: { test: ["CMD", "pg_isready"] }
    /// ```
    ///
    /// Source: compose-spec `05-services.md`, `depends_on`; read 2026-11-28. Tried with n8n 2.8.4, 2026-11-28: without its
    /// database it ends with 1, "There was an error initializing DB".
    RULE = "compose-depends-on-no-condition", Warning, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    if !["litellm", "n8n", "openclaw"].iter().any(|name| service.is(name)) {
        return;
    }
    let Some(depends) = service.depends_on() else { return };
    let only_started = |how: Value| how.get("condition").and_then(Value::text) == Some("service_started");
    let needed: Vec<Value> = match depends.is_map() {
        true => depends.entries().into_iter().filter(|(_, how)| only_started(*how)).map(|(name, _)| name).collect(),
        false => depends.items().collect(),
    };
    let others: Vec<&Service> = project.together(service.document).collect();
    let on_database = needed.into_iter().find_map(|item| {
        let other = others.iter().find(|other| Some(other.name) == item.text())?;
        (other.program?.is_database && other.has("healthcheck")).then_some((item, other))
    });
    if let Some((item, other)) = on_database {
        report
            .at(item, format!("`{}` does not wait until `{}` is healthy", service.name, other.name))
            .help(format!("depends_on:\n        {}:\n          condition: service_healthy", other.name));
    }
}
