//! What a compose file opens on its host: published ports, and the networks that its containers are in.
//!
//! What a variable hides, or the engine would pick, is left out here and is a doubt of the proof's: see [`hides`].

use piton_config::read::published::{Published, ports as numbers};
use piton_config::read::{Document, Value};
use piton_plan::kind::filter_rule::Protocol;
use piton_plan::stack::{Joins, Network, Port};
use std::net::{IpAddr, Ipv4Addr};
use std::ops::RangeInclusive;

/// More ports than anybody publishes in one line, and more lines than anybody writes; what goes beyond is not followed.
const WIDEST: usize = 64;
const LINES: usize = 64;

/// The published ports, each with the place of its line.
pub(super) fn ports(document: &Document) -> Vec<(Port, usize)> {
    let mut found = Vec::new();
    for (name, service) in services(document) {
        if network_mode(service) == Some("host") {
            continue;
        }
        for item in service.get("ports").into_iter().flat_map(Value::one_or_many).take(LINES) {
            let published = published(item);
            let Some((host, container)) = published.host.clone().zip(published.container.clone()) else { continue };
            for (port, sent_to) in host.zip(repeated(container)).take(WIDEST) {
                found.push((placed(name, &published, port, sent_to), item.range().start));
            }
        }
    }
    found
}

/// A range of ports goes on to a range, or all of it to one.
fn repeated(ports: RangeInclusive<u16>) -> impl Iterator<Item = u16> {
    let last = *ports.end();
    ports.chain(std::iter::repeat(last))
}

fn placed(name: &str, published: &Published, port: u16, sent_to: u16) -> Port {
    let everywhere = IpAddr::from(Ipv4Addr::UNSPECIFIED);
    let address = published.address.as_deref().map_or(Some(everywhere), |address| address.parse().ok());
    Port {
        container: Some(name.to_owned()),
        name: sent_to.to_string(),
        protocol: if published.is_udp { Protocol::Udp } else { Protocol::Tcp },
        port,
        // A name in place of an address may be any of the host's.
        addresses: vec![address.unwrap_or(everywhere)],
        sent_to: Some(sent_to),
        // A file from elsewhere opens by its line what nobody has decided: only the site's `allow` says so.
        to_the_world: false,
    }
}

fn published(item: Value) -> Published {
    if !item.is_map() {
        return Published::read(item.text().unwrap_or_default());
    }
    let text = |key: &str| item.get(key).and_then(Value::text);
    Published {
        address: text("host_ip").filter(|address| !address.is_empty()).map(str::to_owned),
        host: text("published").and_then(numbers),
        container: text("target").and_then(numbers),
        is_udp: text("protocol") == Some("udp"),
    }
}

/// Whose network a service of the file is in, and whether nobody can tell what it opens there; `project` is what
/// compose calls it.
pub(super) fn joins(document: &Document, service: Value, project: &str) -> (Joins, bool) {
    match network_mode(service) {
        Some("host") => (Joins::Host, true),
        None | Some("bridge" | "default") => (Joins::Networks(networks(document, service, project)), hides(service)),
        Some(_) => (Joins::Nobody, false),
    }
}

fn networks(document: &Document, service: Value, project: &str) -> Vec<String> {
    let Some(joined) = service.get("networks") else { return Vec::new() };
    let keys: Vec<&str> = match joined.is_map() {
        true => joined.entries().iter().filter_map(|(key, _)| key.text()).collect(),
        false => joined.items().filter_map(Value::text).collect(),
    };
    keys.iter().map(|key| docker_name(document, key, project)).collect()
}

/// Whether it publishes something of which nobody can tell what it is: a variable, a port that the engine picks, or more
/// than is followed.
fn hides(service: Value) -> bool {
    let items = service.get("ports").map(Value::one_or_many).unwrap_or_default();
    let hidden = |item: &Value| {
        let published = published(*item);
        let wide = published.host.as_ref().is_some_and(|ports| ports.len() > WIDEST);
        wide || published.host.is_none() || published.container.is_none() || item.written().contains('$')
    };
    items.len() > LINES || items.iter().any(hidden)
}

/// The networks that compose makes with a subnet of the file's.
pub(super) fn own_networks(document: &Document, project: &str) -> Vec<Network> {
    let networks = document.root().get("networks").map(Value::entries).unwrap_or_default();
    let own = networks.into_iter().filter(|(_, network)| !network.get("external").is_some_and(Value::is_true));
    own.filter_map(|(key, network)| {
        let pool = network.get("ipam")?.get("config")?.items().next()?;
        let subnet = pool.get("subnet")?.text()?.parse().ok()?;
        let told = pool.get("gateway").and_then(Value::text).and_then(|address| address.parse().ok());
        Some(Network {
            name: docker_name(document, key.text()?, project),
            subnet,
            gateway: told.unwrap_or_else(|| super::super::words::gateway(&subnet)),
            internal: network.get("internal").is_some_and(Value::is_true),
        })
    })
    .collect()
}

/// What Docker calls a network of the file.
fn docker_name(document: &Document, key: &str, project: &str) -> String {
    let network = document.root().get("networks").and_then(|networks| networks.get(key));
    let named = network.and_then(|network| network.get("name")).and_then(Value::text);
    let external = network.and_then(|network| network.get("external")).is_some_and(Value::is_true);
    match (named, external) {
        (Some(name), _) => name.to_owned(),
        (None, true) => key.to_owned(),
        (None, false) => format!("{project}_{key}"),
    }
}

/// A place as `docker-compose.yml:7`, and the line there.
pub(super) fn line(document: &Document, at: usize) -> Option<(String, String)> {
    let before = document.text.get(..at)?;
    let text = document.text.lines().nth(before.matches('\n').count())?;
    Some((format!("{}:{}", document.path, before.matches('\n').count() + 1), text.trim().to_owned()))
}

fn services(document: &Document) -> Vec<(&str, Value<'_>)> {
    let services = document.root().get("services").map(Value::entries).unwrap_or_default();
    services.into_iter().map(|(key, service)| (key.text().unwrap_or_default(), service)).collect()
}

fn network_mode(service: Value<'_>) -> Option<&str> {
    service.get("network_mode").and_then(Value::text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use piton_config::read::read;

    fn opened(text: &str) -> (Vec<String>, Vec<(Joins, bool)>, Vec<String>) {
        let document = read("docker-compose.yml", text.as_bytes(), None);
        let ports = ports(&document).into_iter().map(|(port, at)| {
            let (place, _) = line(&document, at).unwrap();
            let to = port.sent_to.map(|to| format!("{}/{:?}", to, port.protocol)).unwrap_or_default();
            format!("{place} {:?}:{} → {to}", port.addresses[0], port.port)
        });
        let ports = ports.collect();
        let joined = services(&document).into_iter().map(|(_, service)| joins(&document, service, "own")).collect();
        let networks = own_networks(&document, "own").into_iter();
        (ports, joined, networks.map(|it| format!("{} {} {}", it.name, it.subnet, it.gateway)).collect())
    }

    #[test]
    fn ports_are_read_in_both_forms_and_with_their_lines() {
        let text = "services:\n  one:\n    ports:\n      - 80:8080\n      - \"[::1]:53:53/udp\"\n      - { target: 90, published: \"91-92\", host_ip: 127.0.0.1 }\n";
        let (ports, joined, _) = opened(text);
        assert_eq!(
            ports,
            [
                "docker-compose.yml:4 0.0.0.0:80 → 8080/Tcp",
                "docker-compose.yml:5 ::1:53 → 53/Udp",
                "docker-compose.yml:6 127.0.0.1:91 → 90/Tcp",
                "docker-compose.yml:6 127.0.0.1:92 → 90/Tcp",
            ]
        );
        assert_eq!(joined, [(Joins::Networks(Vec::new()), false)]);
    }

    #[test]
    fn what_nobody_can_tell_is_said() {
        for port in ["80", "${PORT}:80", "\"1-65535:1-65535\"", "$PORT:80"] {
            let (ports, joined, _) = opened(&format!("services:\n  one:\n    ports: [{port}]\n"));
            assert!(joined[0].1 && ports.len() <= WIDEST, "{port}: {ports:?}");
        }
        let (ports, joined, _) = opened("services:\n  one:\n    network_mode: host\n    ports: [80:80]\n");
        assert_eq!((ports, joined), (Vec::new(), vec![(Joins::Host, true)]), "the engine leaves them out, too");
        let (_, joined, _) = opened("services:\n  one:\n    network_mode: service:two\n");
        assert_eq!(joined, [(Joins::Nobody, false)]);
    }

    #[test]
    fn networks_have_docker_s_names() {
        let text = "services:\n  one:\n    networks: [default, inner, outer, named]\nnetworks:\n  inner:\n    internal: true\n    ipam: { config: [{ subnet: 172.29.0.0/24 }] }\n  outer: { external: true }\n  named: { name: x, external: true }\n";
        let (_, joined, networks) = opened(text);
        let names = ["own_default", "own_inner", "outer", "x"].map(str::to_owned).to_vec();
        assert_eq!(joined, [(Joins::Networks(names), false)]);
        assert_eq!(networks, ["own_inner 172.29.0.0/24 172.29.0.1"]);
    }
}
