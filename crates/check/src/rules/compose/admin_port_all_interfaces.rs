use crate::rules::prelude::*;

use crate::compose::Port;
use crate::meant;
use crate::password::{self, Password};
use crate::purpose;

rule! {
    /// A database or an admin page is published to the world.
    ///
    /// The ports of databases, model servers, metrics and gateways hand out data or control, many of them without a
    /// password. Docker publishes past ufw, so a firewall that says `deny` does not help.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   db:
    ///     image: postgres:18
    ///     ports: ["5432:5432"]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   db:
    ///     image: postgres:18
    ///     ports: ["127.0.0.1:5432:5432", "10.0.0.1:5433:5432"]
    /// ```
    ///
    /// A warning where a password of its own guards it (`${POSTGRES_PASSWORD}`, also with a fallback that everybody knows), where the program
    /// only shows numbers, where a proxy leads on to what is behind it, and where the file says that other hosts are to reach it: a comment at the port or the
    /// service, or nothing beside it that could call it (Ollama alone, Portainer's agent, a socket proxy that only reads, a Loki that others
    /// write to). Of two such reasons, and in files for development and tests, an information. A page that asks for a login of its own is an
    /// information; a warning where a reverse proxy leads there too, so that the port is a way around it, or where its
    /// first password is one that everybody tries. An information also where Docker picks the host's port. On networks that
    /// are all `internal` Docker publishes nothing, and nothing is told. Fix: `127.0.0.1:` in front, unsafe, since somebody may reach it from
    /// elsewhere on purpose. Source: moby issues 4737 and 22054;
    /// <https://docs.docker.com/engine/network/packet-filtering-firewalls/>, "Restrict external connections" and "Docker
    /// and ufw"; read 2026-11-27.
    RULE = "compose-admin-port-all-interfaces", Error, High, Look::Service(check)
}

/// Ports that mean the same whoever listens: databases, Docker, model servers.
const PRIVATE: [u16; 12] = [2375, 2379, 3306, 5432, 6333, 6334, 6379, 11434, 18789, 26379, 27017, 11211];

/// Ports that mean it of one image only: what is in its name, and the ports.
const OF_IMAGES: [(&str, &[u16]); 8] = [
    ("elasticsearch", &[9200]),
    ("opensearch", &[9200]),
    ("clickhouse/", &[8123, 9000]),
    ("minio/minio", &[9000, 9001]),
    ("portainer/", &[9000, 9001, 9443]),
    ("rabbitmq", &[15672]),
    ("neo4j", &[7474, 7687]),
    ("influxdb", &[8086]),
];

fn check(project: &Project, service: &Service, report: &mut Report) {
    // On the host's network nothing is published, and the firewall counts.
    if is_bait(service) || service.uses_host_network() {
        return;
    }
    for port in service.ports.iter().filter(|port| port.is_public() && is_private(service, port)) {
        // As it is called on the host, where somebody will look for it.
        let number = port.host.as_ref().or(port.container.as_ref()).map_or(0, |range| *range.start());
        let own = service.program.filter(|_| !is_entry_point(service, port));
        let what = own.map_or_else(|| format!("port {number}"), |program| program.name.to_owned());
        let finding = report.at(
            port.value,
            format!("`{}` publishes {what} to whoever reaches the host, whatever ufw says", service.name),
        );
        finding.severity(severity(project, service, port));
        match super::port_all_interfaces::loopback(port) {
            Some(edit) => finding.unsafe_fix("publish it on 127.0.0.1", vec![edit]),
            None => finding.help("publish it on 127.0.0.1, or on the address of the private network"),
        };
    }
}

/// An error is what is open to everybody; a password of its own makes it a warning, and a page with a login is how people
/// use it in their own network.
fn severity(project: &Project, service: &Service, port: &Port) -> Severity {
    if port.host.is_none() {
        return Severity::Info;
    }
    if purpose::has_login(service) {
        let is_trial = is_trial(port.value.document());
        let is_weak = password::worst(service) < Password::Own;
        return match !is_trial && (is_weak || purpose::is_proxied(project, service)) {
            true => Severity::Warning,
            false => Severity::Info,
        };
    }
    let is_guarded = password::of(service) > Password::Known;
    if is_trial(port.value.document()) {
        return Severity::Info;
    }
    let is_guarded = is_guarded || asks_by_itself(project, service, port) || is_entry_point(service, port);
    match (purpose::is_exporter(service) || is_guarded, meant::is_for_others(project, service, port)) {
        (true, true) => Severity::Info,
        (false, false) => Severity::Error,
        _ => Severity::Warning,
    }
}

/// Whether the program lets nobody in without a password, although none is seen here: InfluxDB since 2, and databases whose
/// images do not start without one, where it is in an env file that is not here.
fn asks_by_itself(project: &Project, service: &Service, port: &Port) -> bool {
    let Some(image) = service.image.as_ref() else { return service.lacks_env_file(project) && port.reaches(5432) };
    if image.repository == "influxdb" && port.reaches(8086) {
        return image.is_moving() || image.version().is_some_and(|version| version.at_least("2"));
    }
    let needs_one = ["postgres", "mysql", "mariadb"].iter().any(|name| image.repository.contains(name));
    needs_one && (port.reaches(5432) || port.reaches(3306)) && service.lacks_env_file(project)
}

/// Whether a proxy listens there for what it leads to: it is a way in on purpose, guarded by what is behind it.
fn is_entry_point(service: &Service, port: &Port) -> bool {
    let is_proxy = service.image.as_ref().is_some_and(|image| {
        ["traefik", "caddy", "nginx", "haproxy", "envoyproxy/envoy"].contains(&image.repository.as_str())
    });
    let is_own = |inside: u16| service.program.is_some_and(|program| program.private_ports.contains(&inside));
    is_proxy && port.container.as_ref().is_some_and(|range| !is_own(*range.start()))
}

/// Whether strangers are meant to come: a trap that looks like a database.
pub(super) fn is_bait(service: &Service) -> bool {
    let image = service.image.as_ref().map_or("", |image| image.repository.as_str());
    ["honeypot", "honeytrap", "dionaea", "cowrie", "conpot", "opencanary"]
        .iter()
        .any(|trap| image.contains(trap) || service.name.contains(trap))
}

/// Whether no stranger should reach what listens there.
pub(super) fn is_private(service: &Service, port: &Port) -> bool {
    let Some(inside) = port.container.as_ref().map(|range| *range.start()) else { return false };
    let known = service.program.is_some_and(|program| program.private_ports.contains(&inside));
    let image = service.image.as_ref().map_or("", |image| image.repository.as_str());
    let own = OF_IMAGES.iter().any(|(name, ports)| image.contains(name) && ports.contains(&inside));
    !port.is_udp && (known || own || PRIVATE.contains(&inside))
}
