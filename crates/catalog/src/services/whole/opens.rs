//! What a compose file opens on its host: published ports, and the networks that its containers are in.
//!
//! What cannot be read out of it must never look closed: it is a doubt, in words with its line, or a port of which it is said
//! that nobody is sure. A network of which nothing is known is taken for one with a way out.

use super::filled::{Filled, Variables};
use piton_config::read::published::{Published, ports as numbers, protocol_of};
use piton_config::read::{Document, Value};
use piton_plan::kind::filter_rule::Protocol;
use piton_plan::stack::{Joins, Network, Pool, Port};
use std::net::{IpAddr, Ipv4Addr};
use std::ops::RangeInclusive;

/// More ports than a file has; with more, nobody would read the table.
pub(super) const MOST: usize = 2048;

/// How many services may be extended one by the other.
const DEEPEST: usize = 16;

/// A compose file, and what must be known to read it as compose does.
pub(super) struct Reading<'a> {
    pub(super) document: &'a Document,
    pub(super) variables: Variables<'a>,
    /// What compose calls the project.
    pub(super) project: &'a str,
}

/// The published ports, each with the place of its line.
#[derive(Default)]
pub(super) struct Opened {
    pub(super) ports: Vec<(Port, usize)>,
    /// Where it became too many.
    pub(super) too_many: Option<usize>,
    pub(super) doubts: Vec<String>,
}

impl<'a> Reading<'a> {
    pub(super) fn ports(&self) -> Opened {
        let mut opened = Opened::default();
        for (name, service) in self.services() {
            if !matches!(self.joins(service).0, Joins::Networks(_)) {
                continue;
            }
            let v6 = self.has_v6(service);
            let items = self.bases(service).into_iter().filter_map(|base| base.get("ports"));
            for item in items.flat_map(Value::one_or_many) {
                self.publish(name, item, v6, &mut opened);
            }
        }
        opened
    }

    fn publish(&self, name: &str, item: Value<'a>, v6: bool, opened: &mut Opened) {
        let at = item.range().start;
        let (published, is_known) = self.published(item);
        let mut doubt = |what: &str| {
            opened.doubts.push(format!("what `{name}` publishes at {}: {what}", self.place(at)));
        };
        if !is_known {
            doubt("a variable of it is not the site's");
        }
        if let Some(other) = &published.other {
            return doubt(&format!("piton follows tcp and udp, and not {}", other.escape_debug()));
        }
        let (Some(host), Some(container)) = (published.host.clone(), published.container.clone()) else {
            // Without a port of the host's the engine picks one.
            if is_known {
                doubt("Docker picks the port");
            }
            return;
        };
        if host.is_empty() || container.is_empty() || *host.start() == 0 {
            return doubt("it is no port");
        }
        let first = placed(name, &published, *host.start(), *container.start());
        let by_v6 = first.addresses.iter().any(|it| it.is_ipv6() || v6 && it.is_unspecified());
        if by_v6 {
            doubt("whom Docker lets in there by IPv6");
        }
        for (port, sent_to) in host.zip(repeated(container)) {
            if opened.ports.len() == MOST {
                opened.too_many.get_or_insert(at);
                return;
            }
            let port = Port { unsure: !is_known || by_v6, ..placed(name, &published, port, sent_to) };
            opened.ports.push((port, at));
        }
    }

    /// A line of `ports`, and whether every variable of it is known.
    fn published(&self, item: Value<'a>) -> (Published, bool) {
        if !item.is_map() {
            let Filled { text, is_known } = self.variables.fill(item.text().unwrap_or_default());
            return (Published::read(&text), is_known);
        }
        let mut all_known = true;
        let mut text = |key: &str| {
            let Filled { text, is_known } = self.variables.fill(item.get(key).and_then(Value::text)?);
            all_known &= is_known;
            Some(text).filter(|text| !text.is_empty())
        };
        let (is_udp, other) = protocol_of(&text("protocol").unwrap_or_else(|| "tcp".to_owned()));
        let published = Published {
            address: text("host_ip"),
            host: text("published").as_deref().and_then(numbers),
            container: text("target").as_deref().and_then(numbers),
            is_udp,
            other,
        };
        (published, all_known)
    }

    /// Whose network a service of the file is in, and whether nobody can tell what it opens there.
    pub(super) fn joins(&self, service: Value<'a>) -> (Joins, bool) {
        self.joins_within(service, DEEPEST)
    }

    fn joins_within(&self, service: Value<'a>, deep: usize) -> (Joins, bool) {
        let host = (Joins::Host, true);
        let Some(Filled { text, is_known }) = self.mode(service) else {
            let joined = self.joined(service);
            let mut names = joined.iter().map(|key| self.docker_name(key));
            return if names.any(|name| name == "host") {
                host
            } else {
                (Joins::Networks(joined.iter().map(|key| self.docker_name(key)).collect()), false)
            };
        };
        match text.as_str() {
            "host" => host,
            "none" if is_known => (Joins::Nobody, false),
            "" | "bridge" | "default" => (Joins::default(), false),
            // What is open there is what the other one publishes, unless that is the host itself.
            other if is_known && other.starts_with("container:") => (Joins::Nobody, false),
            other => match other.strip_prefix("service:") {
                None => (Joins::Networks(vec![text]), false),
                Some(name) => {
                    let other = self.service(name).filter(|_| deep > 0);
                    match other.map(|other| self.joins_within(other, deep - 1)) {
                        Some((Joins::Host, _)) => host,
                        _ => (Joins::Nobody, false),
                    }
                }
            },
        }
    }

    fn mode(&self, service: Value<'a>) -> Option<Filled> {
        let mode = self.bases(service).into_iter().find_map(|base| base.get("network_mode"))?;
        mode.text().map(|text| self.variables.fill(text))
    }

    /// The networks that a service names, by their keys in the file.
    fn joined(&self, service: Value<'a>) -> Vec<&'a str> {
        let named = self.bases(service).into_iter().filter_map(|base| base.get("networks"));
        let keys = |joined: Value<'a>| match joined.is_map() {
            true => joined.entries().iter().filter_map(|(key, _)| key.text()).collect::<Vec<_>>(),
            false => joined.items().filter_map(Value::text).collect(),
        };
        let mut keys: Vec<&str> = named.flat_map(keys).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    fn has_v6(&self, service: Value<'a>) -> bool {
        let joined = self.joined(service);
        let keys = if joined.is_empty() { vec!["default"] } else { joined };
        let networks = keys.into_iter().filter_map(|key| self.network(key));
        networks.filter_map(|network| network.get("enable_ipv6")).any(|it| it.truth() != Some(false))
    }

    /// A service and those of the same file that it extends, itself first.
    fn bases(&self, service: Value<'a>) -> Vec<Value<'a>> {
        let base = |service: &Value<'a>| {
            let extends = service.get("extends").filter(|extends| extends.get("file").is_none())?;
            self.service(extends.text().or_else(|| extends.get("service")?.text())?)
        };
        std::iter::successors(Some(service), base).take(DEEPEST).collect()
    }

    /// What the file says and is not followed.
    pub(super) fn doubts(&self) -> Vec<String> {
        let mut found = Vec::new();
        let root = self.document.root();
        let mut doubt = |at: usize, what: String| found.push(format!("{what} ({})", self.place(at)));
        for fault in &self.document.faults {
            doubt(fault.range.start, format!("what the file opens: {}", fault.what));
        }
        if let Some(include) = root.get("include") {
            doubt(include.range().start, "what the files open that it includes".to_owned());
        }
        if let Some(more) = self.document.roots().nth(1) {
            doubt(more.range().start, "what its further documents open".to_owned());
        }
        for (name, service) in self.services() {
            let extends = service.get("extends");
            let base = extends.filter(|extends| {
                let name = extends.text().or_else(|| extends.get("service")?.text());
                extends.get("file").is_some() || name.is_none_or(|name| self.service(name).is_none())
            });
            if let Some(extends) = base {
                doubt(extends.range().start, format!("what `{name}` has from what it extends in another file"));
            }
            let mode = self.mode(service);
            let other = |text: &str| !matches!(text, "host" | "none" | "bridge" | "default");
            let follows = |text: &str| text.strip_prefix("service:").is_some_and(|it| self.service(it).is_some());
            if let Some(Filled { text, is_known }) = mode
                && (!is_known || other(&text) && !follows(&text))
            {
                let at = service.get("network_mode").unwrap_or(service).range().start;
                doubt(at, format!("whose network `{name}` is in"));
            }
        }
        for (key, network) in self.networks() {
            let driver = network.get("driver").and_then(Value::text).filter(|driver| *driver != "bridge");
            if let Some(driver) = driver {
                let what = format!("what the network `{key}` does with the driver {}", driver.escape_debug());
                doubt(network.range().start, what);
            }
            let options = network.get("driver_opts").map(Value::entries).unwrap_or_default();
            for (option, _) in options.into_iter().filter(|(option, _)| !option.text().is_some_and(opens_nothing)) {
                let option_name = option.text().unwrap_or_default().escape_debug();
                doubt(option.range().start, format!("what the option {option_name} of the network `{key}` opens"));
            }
            if network.get("enable_ipv6").is_some_and(|it| it.truth() != Some(false)) {
                doubt(network.range().start, format!("what Docker opens by IPv6 into the network `{key}`"));
            }
        }
        found
    }

    /// The networks that compose makes: those with a subnet of the file's, and those of which Docker picks it.
    pub(super) fn own_networks(&self) -> (Vec<Network>, Vec<Pool>) {
        let (told, pools) = self.networks_told();
        (told.into_iter().map(|(network, _)| network).collect(), pools)
    }

    /// Those with a subnet of the file's, each with the place where that stands.
    pub(super) fn subnets(&self) -> Vec<(Network, usize)> {
        self.networks_told().0
    }

    fn networks_told(&self) -> (Vec<(Network, usize)>, Vec<Pool>) {
        let (mut told, mut pools) = (Vec::new(), Vec::new());
        for (key, network) in self.networks().into_iter().filter(|(_, network)| !is_external(*network)) {
            let name = self.docker_name(key);
            let internal = network.get("internal").is_some_and(Value::is_true);
            let text = |value: Option<Value<'a>>| Some(self.variables.fill(value?.text()?).text);
            let of_v4 = |pool: Value<'a>| {
                let subnet: ipnet::IpNet = text(pool.get("subnet"))?.parse().ok()?;
                subnet.addr().is_ipv4().then_some((subnet, pool))
            };
            let config = network.get("ipam").and_then(|ipam| ipam.get("config"));
            match config.and_then(|config| config.items().find_map(of_v4)) {
                Some((subnet, pool)) => {
                    let gateway = text(pool.get("gateway")).and_then(|address| address.parse().ok());
                    let gateway = gateway.unwrap_or_else(|| super::super::words::gateway(&subnet));
                    let at = pool.get("subnet").unwrap_or(pool).range().start;
                    told.push((Network { name, subnet, gateway, internal }, at));
                }
                None => pools.push(Pool { name, internal }),
            }
        }
        (told, pools)
    }

    /// What Docker calls a network of the file.
    fn docker_name(&self, key: &str) -> String {
        let network = self.network(key);
        let old = network.and_then(|network| network.get("external")).and_then(|external| external.get("name"));
        let named = network.and_then(|network| network.get("name")).or(old).and_then(Value::text);
        match (named, network.is_some_and(is_external)) {
            (Some(name), _) => self.variables.fill(name).text,
            (None, true) => key.to_owned(),
            (None, false) => format!("{}_{key}", self.project),
        }
    }

    fn network(&self, key: &str) -> Option<Value<'a>> {
        self.document.root().get("networks")?.get(key)
    }

    fn networks(&self) -> Vec<(&'a str, Value<'a>)> {
        let networks = self.document.root().get("networks").map(Value::entries).unwrap_or_default();
        networks.into_iter().map(|(key, network)| (key.text().unwrap_or_default(), network)).collect()
    }

    pub(super) fn services(&self) -> Vec<(&'a str, Value<'a>)> {
        let services = self.document.root().get("services").map(Value::entries).unwrap_or_default();
        services.into_iter().map(|(key, service)| (key.text().unwrap_or_default(), service)).collect()
    }

    /// Where a service's name stands.
    pub(super) fn name_of(&self, name: &str) -> Option<usize> {
        let services = self.document.root().get("services")?.entries();
        services.into_iter().find(|(key, _)| key.text() == Some(name)).map(|(key, _)| key.range().start)
    }

    fn service(&self, name: &str) -> Option<Value<'a>> {
        self.document.root().get("services")?.get(name)
    }

    /// A place as `project/docker-compose.yml:7`.
    pub(super) fn place(&self, at: usize) -> String {
        let before = self.document.text.get(..at).unwrap_or_default();
        format!("{}/docker-compose.yml:{}", self.project, before.matches('\n').count() + 1)
    }
}

/// Options of a bridge that let nobody in who would not come in without them. Another name of the bridge may be one that
/// a rule of the filter has.
fn opens_nothing(option: &str) -> bool {
    let harmless = ["bridge.enable_icc", "bridge.enable_ip_masquerade", "bridge.host_binding_ipv4", "driver.mtu"];
    option.strip_prefix("com.docker.network.").is_some_and(|rest| harmless.contains(&rest))
}

/// `external: true`, or as compose once wrote it, with the name below.
fn is_external(network: Value) -> bool {
    network.get("external").is_some_and(|external| external.is_true() || external.is_map())
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
        unsure: false,
    }
}

/// A place as `docker-compose.yml:7`, and the line there.
pub(super) fn line(document: &Document, at: usize) -> Option<(String, String)> {
    let before = document.text.get(..at)?;
    let text = document.text.lines().nth(before.matches('\n').count())?;
    Some((format!("{}:{}", document.path, before.matches('\n').count() + 1), text.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use piton_config::read::read;

    struct Read {
        ports: Vec<String>,
        joined: Vec<(Joins, bool)>,
        networks: Vec<String>,
        pools: Vec<Pool>,
        doubts: Vec<String>,
        unsure: Vec<u16>,
    }

    fn opened(text: &str) -> Read {
        let document = read("docker-compose.yml", text.as_bytes(), None);
        let reading = Reading { document: &document, variables: Variables(None), project: "own" };
        let Opened { ports, mut doubts, .. } = reading.ports();
        doubts.extend(reading.doubts());
        let shown = ports.iter().map(|(port, at)| {
            let (place, _) = line(&document, *at).unwrap();
            let to = port.sent_to.map(|to| format!("{}/{:?}", to, port.protocol)).unwrap_or_default();
            format!("{place} {:?}:{} → {to}", port.addresses[0], port.port)
        });
        let (networks, pools) = reading.own_networks();
        Read {
            ports: shown.collect(),
            joined: reading.services().into_iter().map(|(_, service)| reading.joins(service)).collect(),
            networks: networks.into_iter().map(|it| format!("{} {} {}", it.name, it.subnet, it.gateway)).collect(),
            pools,
            doubts,
            unsure: ports.iter().filter(|(port, _)| port.unsure).map(|(port, _)| port.port).collect(),
        }
    }

    #[test]
    fn ports_are_read_in_both_forms_and_with_their_lines() {
        let text = "services:\n  one:\n    ports:\n      - 80:8080\n      - \"127.0.0.2:53:53/UDP\"\n      - { target: 90, published: \"91-92\", host_ip: 127.0.0.1 }\n";
        let read = opened(text);
        assert_eq!(
            read.ports,
            [
                "docker-compose.yml:4 0.0.0.0:80 → 8080/Tcp",
                "docker-compose.yml:5 127.0.0.2:53 → 53/Udp",
                "docker-compose.yml:6 127.0.0.1:91 → 90/Tcp",
                "docker-compose.yml:6 127.0.0.1:92 → 90/Tcp",
            ]
        );
        assert_eq!(read.joined, [(Joins::Networks(Vec::new()), false)]);
        assert_eq!((read.doubts, read.unsure), (Vec::new(), Vec::new()));
    }

    #[test]
    fn what_nobody_can_tell_is_said_with_its_line() {
        for port in ["80", "${PORT}:80", "$PORT:80", "90:80/sctp", "${PORT:-90}:80", "90-80:1", "0:80", "x:80"] {
            let read = opened(&format!("services:\n  one:\n    ports: [\"{port}\"]\n"));
            assert_eq!(read.doubts.len(), 1, "{port}: {:?}", read.doubts);
            assert!(
                read.doubts[0].starts_with("what `one` publishes at own/docker-compose.yml:3: "),
                "{:?}",
                read.doubts
            );
        }
        assert_eq!(opened("services:\n  one:\n    ports: [\"${PORT:-90}:80\"]\n").unsure, [90], "what is likely");
    }

    #[test]
    fn an_option_of_a_network_that_may_open_it_is_said() {
        let with = |option: &str| {
            let network = format!("networks:\n  own:\n    driver_opts:\n      com.docker.network.{option}\n");
            opened(&format!("services:\n  one:\n    ports: [\"80:80\"]\n{network}")).doubts
        };
        let said = with("bridge.name: eth0");
        assert_eq!(said.len(), 1);
        let what =
            "what the option com.docker.network.bridge.name of the network `own` opens (own/docker-compose.yml:7)";
        assert_eq!(said[0], what);
        assert_eq!(with("bridge.gateway_mode_ipv4: routed").len(), 1);
        assert_eq!(with("driver.mtu: 1400"), Vec::<String>::new());
    }

    #[test]
    fn a_wide_range_is_read_whole_or_said_to_be_too_wide() {
        let read = opened("services:\n  one:\n    ports: [\"8000-9100:8000-9100\"]\n");
        assert_eq!((read.ports.len(), read.doubts), (1101, Vec::new()));
        let text = "services:\n  one:\n    ports: [\"1-65535:1-65535\"]\n";
        let document = read_document(text);
        let reading = Reading { document: &document, variables: Variables(None), project: "own" };
        assert_eq!(reading.ports().too_many.map(|at| reading.place(at)).as_deref(), Some("own/docker-compose.yml:3"));
    }

    fn read_document(text: &str) -> Document {
        read("docker-compose.yml", text.as_bytes(), None)
    }

    #[test]
    fn whose_network_it_is_is_followed_or_said() {
        let of = |mode: &str| opened(&format!("services:\n  one:\n    network_mode: {mode}\n    ports: [80:80]\n"));
        let host = of("host");
        assert_eq!(
            (host.ports, host.joined),
            (Vec::new(), vec![(Joins::Host, true)]),
            "the engine leaves them out, too"
        );
        assert_eq!(of("none").joined, [(Joins::Nobody, false)]);
        for mode in ["\"${MODE}\"", "own_front", "container:zzz", "Host", "service:missing"] {
            assert!(of(mode).doubts[0].contains("whose network `one` is in"), "{mode}");
        }
        for mode in ["\"${MODE}\"", "own_front", "Host"] {
            assert_eq!(of(mode).ports.len(), 1, "{mode}: open, and never dropped");
        }
        let shared = "services:\n  one: { network_mode: host }\n  two: { network_mode: \"service:one\" }\n  three: { network_mode: \"service:three\" }\n";
        let shared = opened(shared);
        assert_eq!(shared.joined, [(Joins::Host, true), (Joins::Host, true), (Joins::Nobody, false)]);
        let outer = "services:\n  one: { networks: [h] }\nnetworks:\n  h: { name: host, external: true }\n";
        assert_eq!(opened(outer).joined, [(Joins::Host, true)]);
    }

    #[test]
    fn what_a_service_extends_in_the_file_is_its_own_and_elsewhere_a_doubt() {
        let text = "services:\n  base: { ports: [80:80], network_mode: bridge }\n  a: { extends: base, ports: [81:81] }\n  b: { extends: { service: a } }\n  c: { extends: c }\n";
        let ports: Vec<String> = opened(text).ports;
        assert_eq!(ports.iter().filter(|port| port.contains(":80 ")).count(), 3, "{ports:?}");
        for extends in ["{ file: other.yml, service: x }", "missing"] {
            let read = opened(&format!("services:\n  one:\n    extends: {extends}\n"));
            assert_eq!(read.doubts, ["what `one` has from what it extends in another file (own/docker-compose.yml:3)"]);
        }
        assert_eq!(opened("include: [x.yml]\nservices: {}\n").doubts.len(), 1);
        assert_eq!(opened("services: {}\n---\nservices: { one: { ports: [80:80] } }\n").doubts.len(), 1);
        assert!(!opened("services: { one: { ports: [80:80], ports: [81:81] } }\n").doubts.is_empty());
    }

    #[test]
    fn networks_have_docker_s_names() {
        let text = "services:\n  one:\n    networks: [default, inner, outer, named, old, plain]\nnetworks:\n  inner:\n    internal: true\n    ipam: { config: [{ subnet: 2001:db8::/64 }, { subnet: 172.29.0.0/24 }] }\n  outer: { external: true }\n  named: { name: x, external: true }\n  old: { external: { name: y } }\n  plain:\n  closed: { internal: true }\n";
        let read = opened(text);
        let names = ["own_default", "own_inner", "x", "y", "outer", "own_plain"].map(str::to_owned).to_vec();
        assert_eq!(read.joined, [(Joins::Networks(names), false)]);
        assert_eq!(read.networks, ["own_inner 172.29.0.0/24 172.29.0.1"]);
        let pool = |name: &str, internal| Pool { name: name.into(), internal };
        assert_eq!(read.pools, [pool("own_plain", false), pool("own_closed", true)]);
    }

    #[test]
    fn what_docker_opens_by_ipv6_nobody_is_sure_of() {
        let text = "services:\n  one: { networks: [six], ports: [\"80:80\", \"127.0.0.1:81:81\", \"[::]:82:82\"] }\nnetworks:\n  six: { enable_ipv6: true }\n";
        let read = opened(text);
        assert_eq!(read.unsure, [80, 82]);
        assert_eq!(read.doubts.iter().filter(|doubt| doubt.contains("lets in there by IPv6")).count(), 2);
        assert!(read.doubts.iter().any(|doubt| doubt.contains("by IPv6 into the network `six`")), "{:?}", read.doubts);
    }
}
