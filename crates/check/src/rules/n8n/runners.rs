use crate::rules::prelude::*;

rule! {
    /// A switch that n8n 2 has no use for.
    ///
    /// From 2.0 on code always runs in task runners. `N8N_RUNNERS_ENABLED` is read, answered with a note about its end, and
    /// changes nothing; who wrote `false` there believes that there are none.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   n8n: { image: "docker.n8n.io/n8nio/n8n:2.8.4", environment: { N8N_RUNNERS_ENABLED: "false" } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   n8n: { image: "docker.n8n.io/n8nio/n8n:2.8.4", environment: { N8N_RUNNERS_MODE: external } }
    /// ```
    ///
    /// Tried with n8n 2.8.4, 2026-11-28: with `false` it prints the note ("Remove this environment variable; it is no
    /// longer needed") and starts the runner all the same.
    RULE = "n8n-runners", Info, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let new = service.version().is_some_and(|version| version.at_least("2"));
    if let Some(variable) = service.variable("N8N_RUNNERS_ENABLED").filter(|_| service.is("n8n") && new) {
        report
            .at(variable.place, "n8n 2 always runs code in task runners")
            .related(service.image_place(), "this image");
    }
}
