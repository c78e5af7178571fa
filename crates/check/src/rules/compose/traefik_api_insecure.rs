use crate::rules::prelude::*;

rule! {
    /// Traefik's dashboard and API answer everybody.
    ///
    /// `api.insecure` puts them on port 8080 without a login: every route, every service and every address behind.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   traefik:
    ///     image: traefik:v3.5
    ///     command: ["--api.insecure=true", "--providers.docker=true"]
    ///     ports: ["80:80", "8080:8080"]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   traefik:
    ///     image: traefik:v3.5
    ///     command: ["--api.dashboard=true", "--providers.docker=true"]
    ///     ports: ["80:80"]
    /// ```
    ///
    /// Told where port 8080 is published to whoever reaches the host; an information where it is not. Source: Traefik documentation,
    /// "API & Dashboard", `insecure`; read 2026-11-27.
    RULE = "traefik-api-insecure", Warning, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    let image = service.image.as_ref().map_or("", |image| image.repository.as_str());
    if image.rsplit('/').next() != Some("traefik") {
        return;
    }
    let is_on = |text: &str| matches!(text, "--api.insecure" | "--api.insecure=true" | "--api.insecure=True");
    let by_word = service.words("command").into_iter().find(|(_, word)| is_on(word)).map(|(place, _)| place);
    let variable = service.variable("TRAEFIK_API_INSECURE");
    let by_variable = variable.filter(|one| one.value.as_deref() == Some("true")).map(|one| one.place);
    let by_file =
        || service.mounted(project).find_map(|(file, _)| find(file, "api.insecure").filter(|on| on.is_true()));
    let Some(place) = by_word.or(by_variable).or_else(by_file) else { return };
    let published = service.ports.iter().find(|port| port.is_public() && port.host.is_some() && port.reaches(8080));
    let finding = report.at(place, "Traefik's API and dashboard answer whoever asks, without a login");
    finding.help("a router for `api@internal` with a login in front");
    match published.filter(|_| !is_trial(service.document)) {
        Some(port) => finding.related(port.value, "published here"),
        None => finding.severity(Severity::Info),
    };
}
