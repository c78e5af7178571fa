use crate::purpose;
use crate::rules::prelude::*;

rule! {
    /// A port is published to the world, past the firewall.
    ///
    /// Docker writes its own rules before those of ufw: a port published without an address is open on every
    /// interface although ufw says `deny`. People find out from a scanner.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     ports: ["8081:8080"]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   app:
    ///     image: ghcr.io/acme/app:1.4.2
    ///     ports: ["127.0.0.1:8081:8080"]
    ///   edge:
    ///     image: caddy:2.11
    ///     ports: ["80:80", "443:443", "443:443/udp"]
    ///     volumes: ["caddy:/data"]
    /// volumes: { caddy: {} }
    /// ```
    ///
    /// Web, mail, DNS, VPN, torrent and game ports of services that are there to be reached are not meant, nor what a proxy
    /// publishes. A warning where a reverse proxy leads to the service or stands beside it, so that the port is a way around it. Else an
    /// information, as where the program asks for a login of its own or is a page that is the same for everybody, and in files for development and tests. Nothing is told on networks that are all
    /// `internal`: Docker publishes nothing there.
    /// `piton check` tells it once a file, with the other places below. Fix: `127.0.0.1:` in
    /// front, unsafe, since somebody may reach the service from elsewhere on purpose. Source: moby issues 4737 and
    /// 22054; <https://docs.docker.com/engine/network/packet-filtering-firewalls/>, "Docker and ufw"; read 2026-11-27.
    RULE = "compose-port-all-interfaces", Warning, Medium, Look::Service(check)
}

/// Ports that are there to be reached from anywhere.
const PUBLIC: [u16; 32] = [
    22, 25, 53, 80, 110, 143, 443, 465, 587, 853, 993, 995, 1935, 2222, 3478, 4190, 5060, 5061, 5222, 5269, 5349, 6881,
    8080, 8443, 8448, 19132, 25565, 32400, 41641, 51413, 51820, 51821,
];

/// Images that stand in front of others: what they publish is what is meant to be reached.
const EDGES: [&str; 6] = ["caddy", "nginx", "traefik", "haproxy", "envoyproxy/envoy", "qmcgaw/gluetun"];

fn check(project: &Project, service: &Service, report: &mut Report) {
    // On the host's network nothing is published, and the firewall counts.
    if super::admin_port_all_interfaces::is_bait(service) || service.uses_host_network() {
        return;
    }
    for port in service.ports.iter().filter(|port| port.is_public()) {
        let Some(host) = port.host.as_ref() else { continue };
        let image = service.image.as_ref().map_or("", |image| image.repository.as_str());
        let meant = PUBLIC.contains(host.start())
            || port.is_udp
            || EDGES.contains(&image)
            || purpose::is_meant(service, port)
            || port
                .container
                .as_ref()
                .is_some_and(|range| matches!(range.start(), 22 | 80 | 443 | 19132 | 25565 | 51820));
        if meant || super::admin_port_all_interfaces::is_private(service, port) {
            continue;
        }
        let finding = report.at(
            port.value,
            format!(
                "port {} of `{}` is open to whoever reaches the host, whatever ufw says",
                host.start(),
                service.name
            ),
        );
        // Without a proxy in front, the port is how people use it.
        let proxied = || purpose::is_proxied(project, service) || purpose::has_proxy_beside(project, service);
        if is_trial(port.value.document()) || purpose::has_login(service) || purpose::is_static(service) || !proxied() {
            finding.severity(Severity::Info);
        }
        if let Some(edit) = loopback(port) {
            finding.unsafe_fix("publish it on 127.0.0.1", vec![edit]);
        } else {
            finding.help("publish it on 127.0.0.1, or on the address of the private network");
        }
    }
}

/// Puts the address in front of a port's short form.
pub(super) fn loopback(port: &crate::compose::Port) -> Option<Edit> {
    let written = port.value.written();
    if port.value.is_map() || port.address.is_some() || !written.contains(':') {
        return None;
    }
    let quote = if port.value.is_quoted() { &written[..1] } else { "" };
    let bare = port.value.text()?;
    let text =
        if quote.is_empty() { format!("\"127.0.0.1:{bare}\"") } else { format!("{quote}127.0.0.1:{bare}{quote}") };
    Some(Edit::replace(port.value, text))
}
