use crate::rules::prelude::*;

rule! {
    /// Loki can check itself, and is not asked to.
    ///
    /// Since 3.6.5 `loki -health` asks its own ready page. It is the only check that works in an image that holds nothing else.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   loki: { image: "grafana/loki:3.6.7" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   loki:
    ///     image: grafana/loki:3.6.7
    ///     healthcheck: { test: ["CMD", "/usr/bin/loki", "-health"] }
    /// ```
    ///
    /// Source: grafana/loki pull requests 20313 and 20590, read 2026-11-27.
    RULE = "compose-healthcheck-loki", Info, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let knows = service.version().is_some_and(|version| version.at_least("3.6.5"));
    if service.is("loki") && knows && !service.has("healthcheck") && !service.has("build") {
        report
            .at(service.key, "this Loki can check itself")
            .help("healthcheck: { test: [\"CMD\", \"/usr/bin/loki\", \"-health\"] }");
    }
}
