use crate::rules::prelude::*;

rule! {
    /// An external network that nothing here makes.
    ///
    /// `up` stops with "network … declared as external, but could not be found", on each new host until somebody remembers the
    /// command.
    ///
    /// ```yaml compose.yaml bad
    /// services: { app: { image: "ghcr.io/acme/app:1.0.0", networks: [edge] } }
    /// networks: { edge: { external: true } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services: { app: { image: "ghcr.io/acme/app:1.0.0", networks: [edge] } }
    /// networks: { edge: { external: true } }
    /// ```
    ///
    /// ```sh setup.sh good
    /// #!/bin/sh
    /// docker network create edge
    /// ```
    ///
    /// Told with `--strict`: often the command stands in no file. Source: compose-spec `06-networks.md`, `external`;
    /// docker/compose `pkg/compose/create.go` (the message); read 2026-11-28.
    RULE = "compose-external-network-undeclared", Info, Medium, Look::File(&[Kind::Compose], check), strict
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for (key, network) in find(document, "networks").map(Value::entries).unwrap_or_default() {
        if !network.get("external").is_some_and(|value| value.is_true() || value.is_map()) {
            continue;
        }
        let own = key.text().unwrap_or_default();
        let name = network.get("name").or_else(|| network.path("external.name")).and_then(Value::text).unwrap_or(own);
        let made = project.documents.iter().any(|other| {
            let by_command = other.text.contains("network create") && other.text.contains(name);
            let by_task = other.text.contains("docker_network") && other.text.contains(name);
            let by_stack = other.kind == Kind::Compose
                && other.path != document.path
                && find(other, "networks").map(Value::entries).unwrap_or_default().iter().any(|(key, theirs)| {
                    theirs.get("external").is_none()
                        && (theirs.get("name").and_then(Value::text) == Some(name) || key.text() == Some(name))
                });
            by_command || by_task || by_stack
        });
        if !made {
            report
                .at(key, format!("nothing here makes the network `{name}`"))
                .help(format!("docker network create {name}"));
        }
    }
}
