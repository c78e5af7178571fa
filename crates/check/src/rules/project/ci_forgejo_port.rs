use crate::rules::prelude::*;

rule! {
    /// A runner calls its Forgejo at a port where it does not listen.
    ///
    /// `HTTP_PORT` moves the server, and 3000 is only its default. The runner says "connection refused", and no job ever starts.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   forgejo:
    ///     image: codeberg.org/forgejo/forgejo:13.0.0
    ///     environment: { FORGEJO__server__HTTP_PORT: "4747" }
    ///   runner:
    ///     image: code.forgejo.org/forgejo/runner:11.1.0
    ///     environment: { FORGEJO_INSTANCE_URL: "http://forgejo:3000" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   forgejo:
    ///     image: codeberg.org/forgejo/forgejo:13.0.0
    ///     environment: { FORGEJO__server__HTTP_PORT: "4747" }
    ///   runner:
    ///     image: code.forgejo.org/forgejo/runner:11.1.0
    ///     environment: { FORGEJO_INSTANCE_URL: "http://forgejo:4747" }
    /// ```
    ///
    /// Source: go-gitea/gitea `modules/setting/server.go`, which Forgejo comes from (`HTTP_PORT`, "3000"); read 2026-11-28.
    /// Evidence: the files themselves contradict each other.
    RULE = "ci-forgejo-port-mismatch", Error, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    for name in ["FORGEJO_INSTANCE_URL", "GITEA_INSTANCE_URL"] {
        let Some(variable) = service.variable(name) else { continue };
        let Some(rest) = variable.value.as_deref().and_then(|url| url.strip_prefix("http://")) else { continue };
        let (host, port) = rest.split('/').next().unwrap_or_default().split_once(':').unwrap_or((rest, "80"));
        let Some(server) = project.services_of(service.document).iter().find(|other| other.answers_to(host)) else {
            continue;
        };
        let listens =
            ["FORGEJO__server__HTTP_PORT", "GITEA__server__HTTP_PORT"].iter().find_map(|name| server.variable(name));
        let differs = |value: &str| value != port && value.parse::<u16>().is_ok();
        if let Some(listens) = listens.filter(|listens| listens.value.as_deref().is_some_and(differs)) {
            let right = listens.value.as_deref().unwrap_or_default();
            report
                .at(variable.place, format!("`{host}` listens on {right}"))
                .related(listens.place, "here it is said")
                .help(format!("http://{host}:{right}"));
        }
    }
}
