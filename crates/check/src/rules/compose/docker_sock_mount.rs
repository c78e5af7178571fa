use crate::meant;
use crate::purpose;
use crate::rules::prelude::*;

rule! {
    /// A service gets Docker's socket.
    ///
    /// Whoever may talk to the socket starts a container with the host's root folder in it: that is root. `:ro` only
    /// keeps the file from being replaced; requests go through it all the same.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   tool:
    ///     image: ghcr.io/acme/tool:2.1.0
    ///     volumes: ["/var/run/docker.sock:/var/run/docker.sock"]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   tool:
    ///     image: ghcr.io/acme/tool:2.1.0
    ///     environment: { DOCKER_HOST: "tcp://socket-proxy:2375" }
    /// ```
    ///
    /// A socket proxy that lets only the needed requests through is the way out. What manages or watches containers by trade
    /// (Portainer, Watchtower, Traefik, Dozzle) is of no use without; there it is only an information, as it is where the Docker behind
    /// the socket runs without root.
    /// Source: Docker documentation, "Docker security", "Docker daemon attack surface" (who controls the daemon can mount the
    /// host's `/` into a container and change it); read 2026-11-27. CIS Docker benchmark 5.31.
    RULE = "compose-docker-sock-mount", Warning, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let socket = |mount: &&Mount| mount.source.as_deref().is_some_and(|source| source.ends_with("/docker.sock"));
    let image = service.image.as_ref().map_or("", |image| image.repository.as_str());
    // What filters the socket has to have it.
    let proxies = ["socket-proxy", "socket_proxy", "socketproxy", "dockerproxy"];
    if proxies.iter().any(|name| image.contains(name) || service.name.contains(name)) {
        return;
    }
    if let Some(mount) = service.mounts.iter().find(socket) {
        let words = if mount.read_only { "; `:ro` does not limit what may be asked of it" } else { "" };
        let finding = report
            .at(mount.value, format!("`{}` gets Docker's socket, and with it root on the host{words}", service.name));
        if mount.source.as_deref().is_some_and(is_rootless) {
            finding.message =
                format!("`{}` gets the socket of a Docker without root, and with it its user{words}", service.name);
        }
        match is_by_trade(service) || meant::is_accepted(mount.value) {
            _ if mount.source.as_deref().is_some_and(is_rootless) => {
                finding.severity(Severity::Info).help("all that this user owns on the host is within its reach")
            }
            true => finding
                .severity(Severity::Info)
                .help("it works with containers by trade, so treat it as root: who may log in to it?"),
            false => finding.help("put a socket proxy between them that lets only the needed requests through"),
        };
    }
}

/// Whether the Docker behind a socket runs as somebody who is not root.
fn is_rootless(source: &str) -> bool {
    source.starts_with("/run/user/") || source.contains("XDG_RUNTIME_DIR")
}

/// Whether the program works with containers: by its image, by being Docker's own command, or a proxy that reads labels.
fn is_by_trade(service: &Service) -> bool {
    let image = service.image.as_ref().map_or("", |image| image.repository.as_str());
    let reads_labels =
        ["CADDY_INGRESS_NETWORKS", "CADDY_DOCKER_CADDYFILE_PATH"].iter().any(|name| service.variable(name).is_some());
    image == "docker" || reads_labels || purpose::needs_docker(service)
}
