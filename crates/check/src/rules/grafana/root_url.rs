use crate::rules::prelude::*;

rule! {
    /// Grafana serves below a path that its own address does not name.
    ///
    /// With `GF_SERVER_SERVE_FROM_SUB_PATH=true` the path in `GF_SERVER_ROOT_URL` is what Grafana takes for its own. Without it,
    /// login redirects for ever.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   grafana:
    ///     image: grafana/grafana:12.2.0
    ///     environment: { GF_SERVER_SERVE_FROM_SUB_PATH: "true", GF_SERVER_ROOT_URL: "https://example.org/" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   grafana:
    ///     image: grafana/grafana:12.2.0
    ///     environment: { GF_SERVER_SERVE_FROM_SUB_PATH: "true", GF_SERVER_ROOT_URL: "https://example.org/grafana/" }
    /// ```
    ///
    /// Source: Grafana documentation, `root_url` ("specify full URL (with sub path)"), and pull request 66724;
    /// read 2026-11-27.
    RULE = "grafana-root-url", Warning, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let value = |name: &str| service.variable(name).and_then(|variable| variable.value.as_deref());
    if !service.is("grafana") || value("GF_SERVER_SERVE_FROM_SUB_PATH") != Some("true") {
        return;
    }
    let Some(variable) = service.variable("GF_SERVER_ROOT_URL") else { return };
    let Some(url) = variable.value.as_deref().filter(|url| url.contains("://")) else { return };
    let path = url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
    if path.trim_matches('/').is_empty() && !url.contains("${") {
        report.at(
            variable.place,
            "Grafana is to serve below a path, and this address names none: below one, login goes round in circles",
        );
    }
}
