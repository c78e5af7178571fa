//! `[services]`, `[stacks]`, `[networks]` and `[edge]`: which program runs where.
//!
//! Whether the catalog has a service of that name, and what its values may be, is the catalog's to say.

use super::access::source_text;
use crate::form::Overlay;
use crate::layers::{FromNode, View};
use crate::near::nearest;
use crate::problem::{Problem, Problems};
use crate::tree::{Data, Entry, Node, Table};
use crate::{Edge, Host, NetworkSettings, PageAccess, Placement, Sources, StackSettings, Valued, VpnOnly};
use ipnet::IpNet;
use std::collections::BTreeMap;

fn named<'a>(root: &'a Table, section: &str) -> impl Iterator<Item = (&'a Entry, View<'a>)> {
    let entries: &[Entry] = root.table(section).map_or(&[], |table| &table.entries);
    entries.iter().filter_map(|entry| Some((entry, View::of(vec![entry.node.table()?], entry.key_origin.clone()))))
}

fn name_of(entry: &Entry) -> Valued<String> {
    Valued { value: entry.key.clone(), origin: entry.key_origin.clone() }
}

pub(super) fn placements(
    root: &Table,
    hosts: &[Host],
    edge: &Edge,
    sources: &Sources,
    problems: &mut Problems,
) -> Vec<Placement> {
    let placements: Vec<Placement> =
        named(root, "services").map(|(entry, view)| placement(entry, &view, hosts, edge, sources, problems)).collect();
    report_shared_pages(&placements, problems);
    placements
}

fn placement(
    entry: &Entry,
    view: &View,
    hosts: &[Host],
    edge: &Edge,
    sources: &Sources,
    problems: &mut Problems,
) -> Placement {
    let name = name_of(entry);
    let texts = |key: &str| view.node(key).and_then(Node::table).into_iter().flat_map(|table| &table.entries);
    let templates = texts("templates").filter_map(|entry| {
        let text = source_text(&entry.node, "templates", sources, problems)?;
        Some((entry.key.clone(), Valued { value: text.to_owned(), origin: entry.node.origin.clone() }))
    });
    let templates: BTreeMap<_, _> = templates.collect();
    let template_files =
        texts("templates").filter_map(|entry| Some((entry.key.clone(), entry.node.text()?.to_owned())));
    let template_files = template_files.collect();
    let env = texts("env").filter_map(|entry| {
        let text = entry.node.text()?.to_owned();
        Some((entry.key.clone(), Valued { value: text, origin: entry.node.origin.clone() }))
    });
    Placement {
        on: placed_on(&name, view, hosts, problems),
        is: view.value("is").unwrap_or_else(|| name.clone()),
        stack: view.value("stack"),
        domain: view.value::<String>("domain").map(|domain| whole_domain(domain, edge, problems)),
        path: view.value("path"),
        access: view.value("access"),
        values: Overlay::new(view.node("values").and_then(Node::table)),
        overrides: Overlay::new(view.node("override").and_then(Node::table)),
        env: env.collect(),
        templates,
        template_files,
        name,
    }
}

fn placed_on(name: &Valued<String>, view: &View, hosts: &[Host], problems: &mut Problems) -> Vec<Valued<String>> {
    let Some(node) = view.node("on") else {
        return match hosts {
            _ if view.has("on") => Vec::new(),
            [only] => vec![Valued::default(only.name.clone())],
            _ => {
                let names: Vec<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
                let what = format!("the service `{}` does not say on which host it runs", name.value);
                problems.push(
                    Problem::new("site/missing-key", what)
                        .at(&name.origin, "`on` is missing")
                        .note(format!("hosts: {}", names.join(", ")))
                        .help("add on = \"HOST\""),
                );
                Vec::new()
            }
        };
    };
    known_hosts(node, &format!("the service `{}` is placed on", name.value), hosts, problems)
}

/// The hosts that a text or a list names; one that does not exist is reported.
fn known_hosts(node: &Node, lead: &str, hosts: &[Host], problems: &mut Problems) -> Vec<Valued<String>> {
    let nodes: Vec<&Node> = match &node.data {
        Data::List(nodes) => nodes.iter().collect(),
        _ => vec![node],
    };
    let mut known: Vec<Valued<String>> = Vec::new();
    for (word, node) in nodes.into_iter().filter_map(|node| Some((node.text()?, node))) {
        if known.iter().any(|host| host.value == word) {
            continue;
        }
        if hosts.iter().any(|host| host.name == word) {
            known.push(Valued { value: word.to_owned(), origin: node.origin.clone() });
            continue;
        }
        let names: Vec<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
        problems.push(
            Problem::new("site/unknown-host", format!("{lead} `{word}`, which is not a host"))
                .at(&node.origin, "no host has this name")
                .note(format!("hosts: {}", names.join(", ")))
                .suggest(nearest(word, names.iter().copied()))
                .help(format!("add [hosts.{word}], or name a host that exists")),
        );
    }
    known
}

/// A word without a dot is a subdomain of the edge's domain.
fn whole_domain(domain: Valued<String>, edge: &Edge, problems: &mut Problems) -> Valued<String> {
    match (&edge.domain, domain.contains('.')) {
        (_, true) => domain,
        (Some(parent), false) => Valued { value: format!("{}.{}", domain.value, parent.value), origin: domain.origin },
        (None, false) => {
            let what = format!("`{}` is a subdomain, and the site does not say of what", domain.value);
            problems.push(
                Problem::new("site/bad-domain", what)
                    .at(&domain.origin, "of which domain?")
                    .help("write [edge] with domain = \"example.org\", or the whole domain here"),
            );
            domain
        }
    }
}

/// Two services under one name and path: one of them could never be reached.
fn report_shared_pages(placements: &[Placement], problems: &mut Problems) {
    fn page(placement: &Placement) -> Option<(&str, &str)> {
        let domain = placement.domain.as_ref()?;
        Some((domain.as_str(), placement.path.as_ref().map_or("/", |path| path.as_str())))
    }
    for (position, placement) in placements.iter().enumerate() {
        let earlier = placements[..position].iter().find(|other| page(other) == page(placement));
        if let (Some(other), Some(domain)) = (earlier, &placement.domain)
            && let Some(others) = &other.domain
        {
            let what = format!("`{}` and `{}` are both served at {}", *other.name, *placement.name, domain.value);
            problems.push(
                Problem::new("site/duplicate-domain", what)
                    .at(&domain.origin, "the same page")
                    .related(&others.origin, format!("that of `{}`", *other.name))
                    .help("give one of them another domain, or a `path`"),
            );
        }
    }
}

pub(super) fn stacks(root: &Table) -> Vec<StackSettings> {
    let stack = |(entry, view): (&Entry, View)| StackSettings {
        name: name_of(entry),
        directory: view.value("directory"),
        host_network: view
            .value::<String>("network")
            .map(|network| Valued { value: network.value == "host", origin: network.origin }),
        owner: view.value("owner"),
    };
    named(root, "stacks").map(stack).collect()
}

pub(super) fn networks(root: &Table, hosts: &[Host], problems: &mut Problems) -> Vec<NetworkSettings> {
    let networks: Vec<NetworkSettings> = named(root, "networks")
        .filter_map(|(entry, view)| {
            let name = name_of(entry);
            let lead = format!("the network `{}` is on", name.value);
            Some(NetworkSettings {
                subnet: view.value("subnet")?,
                internal: view.value("internal").unwrap_or_else(|| Valued::default(false)),
                docker_name: view.value("name"),
                on: view.node("on").map(|node| known_hosts(node, &lead, hosts, problems)),
                name,
            })
        })
        .collect();
    report_overlaps(&networks, hosts, problems);
    networks
}

/// A route to two places is a route to one of them.
fn report_overlaps(networks: &[NetworkSettings], hosts: &[Host], problems: &mut Problems) {
    let overlap = |one: &IpNet, other: &IpNet| one.contains(other) || other.contains(one);
    for (position, network) in networks.iter().enumerate() {
        for other in networks[..position].iter().filter(|other| overlap(&other.subnet, &network.subnet)) {
            let what = format!("the networks `{}` and `{}` overlap", *other.name, *network.name);
            problems.push(
                Problem::new("site/overlapping-network", what)
                    .at(&network.subnet.origin, "has addresses of the other one")
                    .related(&other.subnet.origin, format!("the addresses of `{}`", *other.name))
                    .help("give each network a range of its own"),
            );
        }
        let mesh = hosts.iter().filter_map(|host| host.settings.mesh.as_ref()).map(|mesh| &mesh.range);
        if let Some(mesh) = mesh.into_iter().find(|mesh| overlap(mesh, &network.subnet)) {
            let what = format!("the network `{}` overlaps the mesh", *network.name);
            problems.push(
                Problem::new("site/overlapping-network", what)
                    .at(&network.subnet.origin, "has addresses of the mesh")
                    .related(&mesh.origin, "the mesh")
                    .help("hosts of the mesh would not be reached from containers: choose another range"),
            );
        }
    }
}

pub(super) fn edge(root: &Table, problems: &mut Problems) -> Edge {
    let view = View::of(root.table("edge").into_iter().collect(), crate::Origin::Default);
    let edge = Edge {
        domain: view.value("domain"),
        email: view.value("email"),
        vpn: view.value("vpn"),
        vpn_address: view.value("vpn_address"),
        dns: view.value("dns"),
        vpn_only: view.value("vpn_only").unwrap_or_else(|| Valued::default(VpnOnly::Off)),
    };
    if let Some(domain) = edge.domain.as_ref().filter(|domain| !domain.contains('.')) {
        problems.push(
            Problem::new("site/bad-domain", format!("`edge.domain` is `{}`, a word without a dot", domain.value))
                .at(&domain.origin, "not a whole domain")
                .help("write the whole domain: \"example.org\""),
        );
    }
    if *edge.vpn_only != VpnOnly::Off && edge.dns.is_none() && !view.has("dns") {
        let what = "`edge.vpn_only` closes port 80, over which certificates are had";
        problems.push(
            Problem::new("site/vpn-only-order", what)
                .at(&edge.vpn_only.origin, "certificates could not be renewed")
                .help("say first over which provider's DNS they are had: dns = \"ovh\""),
        );
    }
    edge
}

impl FromNode for PageAccess {
    fn from_node(node: &Node) -> Option<Self> {
        match node.text()? {
            "vpn" => Some(PageAccess::Vpn),
            "public" => Some(PageAccess::Public),
            _ => None,
        }
    }
}

impl FromNode for VpnOnly {
    fn from_node(node: &Node) -> Option<Self> {
        match node.text()? {
            "off" => Some(VpnOnly::Off),
            "prepared" => Some(VpnOnly::Prepared),
            "on" => Some(VpnOnly::On),
            _ => None,
        }
    }
}
