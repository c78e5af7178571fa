use crate::rules::prelude::*;

rule! {
    /// A health check asks for the host's port inside of the container.
    ///
    /// In there only the container's own port answers: the service is never healthy, and what waits for it never starts.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.0.0
    ///     ports: ["127.0.0.1:5057:5055"]
    ///     healthcheck: { test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:5057/health"], start_period: 30s }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.0.0
    ///     ports: ["127.0.0.1:5057:5055"]
    ///     healthcheck: { test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:5055/health"], start_period: 30s }
    /// ```
    ///
    /// Not told on the host's network. Source: Compose specification, `healthcheck` and `ports`; read 2026-11-27. Evidence: the
    /// file contradicts itself.
    RULE = "compose-healthcheck-host-port", Warning, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    if service.has("network_mode") || service.is_partial {
        return;
    }
    let Some(health) = service.health() else { return };
    for name in ["localhost:", "127.0.0.1:"] {
        let Some((_, rest)) = health.command.split_once(name) else { continue };
        let digits = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
        let Ok(asked) = rest[..digits].parse::<u16>() else { continue };
        let inside = service.ports.iter().any(|port| port.reaches(asked));
        let named = asked.to_string();
        // A variable or a word of the command may move the program there.
        let moved =
            service.variables.iter().any(|one| one.value.as_deref().is_some_and(|value| value.contains(&named)))
                || ["command", "entrypoint"]
                    .into_iter()
                    .flat_map(|key| service.words(key))
                    .any(|(_, word)| word.contains(&named));
        let published =
            service.ports.iter().find(|port| port.host.as_ref().is_some_and(|range| range.contains(&asked)));
        if let Some(port) = published.filter(|port| !inside && !moved && port.container.is_some()) {
            report
                .at(health.test, format!("port {asked} is the host's; in the container nothing answers there"))
                .related(port.value, "published here");
        }
    }
}
