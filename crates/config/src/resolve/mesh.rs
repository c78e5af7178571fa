//! `[mesh]` and its members: every address in the range, and each one once.

use super::Context;
use crate::layers::{Layers, View, valued};
use crate::problem::{Problem, Problems};
use crate::tree::{Data, Entry};
use crate::{Mesh, Valued};
use ipnet::IpNet;
use std::net::IpAddr;

/// Who is in the mesh, and which addresses it has; read once, before any host is resolved.
pub(super) struct Members {
    pub(super) range: Option<Valued<IpNet>>,
    /// Every host, in the order of the file.
    hosts: Vec<Member>,
}

struct Member {
    name: String,
    /// None: not in the mesh, or the address was reported as wrong.
    address: Option<Valued<IpAddr>>,
    /// The file has a mesh address for it, right or wrong.
    meant: bool,
}

impl Members {
    pub(super) fn read(whole: &Layers, entries: &[Entry], problems: &mut Problems) -> Self {
        let view = whole.section("mesh");
        let hosts = entries.iter().map(member).collect();
        let range = view.as_ref().and_then(|view| view.value("range"));
        let members = Members { range, hosts };
        match view {
            Some(view) => members.report_mesh(&view, problems),
            None => members.report_without_mesh(problems),
        }
        members.report_addresses(problems);
        members
    }

    /// Gives a host's address, if there is a mesh at all.
    pub(super) fn address_of(&self, host: &str) -> Option<Valued<IpAddr>> {
        self.range.as_ref()?;
        self.member(host).and_then(|member| member.address.clone())
    }

    pub(super) fn knows(&self, host: &str) -> bool {
        self.member(host).is_some()
    }

    /// Says whether a host should be in the mesh: why it is not has then been reported already.
    pub(super) fn meant(&self, host: &str) -> bool {
        self.member(host).is_some_and(|member| member.meant)
    }

    pub(super) fn names(&self) -> Vec<&str> {
        self.hosts.iter().map(|member| member.name.as_str()).collect()
    }

    fn member(&self, host: &str) -> Option<&Member> {
        self.hosts.iter().find(|member| member.name == host)
    }

    fn addressed(&self) -> impl Iterator<Item = (&str, &Valued<IpAddr>)> {
        self.hosts.iter().filter_map(|member| Some((member.name.as_str(), member.address.as_ref()?)))
    }

    fn report_mesh(&self, view: &View, problems: &mut Problems) {
        if !view.has("range") {
            problems.push(
                Problem::new("site/missing-key", "[mesh] has no `range`")
                    .at(&view.origin, "`range` is missing")
                    .help("add range = \"10.0.0.0/24\", or another private range that nothing else uses"),
            );
        }
        if let Some(range) = self.range.as_ref().filter(|range| !is_private(range)) {
            // What a peer may send becomes a route, so such a mesh would take the world's traffic along.
            let what = format!("the mesh {} would take addresses that are the world's", range.value);
            problems.push(
                Problem::new("site/mesh-not-private", what)
                    .at(&range.origin, "not within a private range")
                    .help("pick a part of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10 or fd00::/8"),
            );
        }
        if !self.hosts.iter().any(|member| member.meant) {
            problems.push(
                Problem::new("site/mesh-without-members", "there is a mesh, but no host is in it")
                    .at(&view.origin, "no host has a `mesh` address")
                    .help("give hosts an address of the range, as in mesh = \"10.0.0.1\", or remove [mesh]"),
            );
        }
    }

    fn report_without_mesh(&self, problems: &mut Problems) {
        for (name, address) in self.addressed() {
            problems.push(
                Problem::new("site/no-mesh", format!("`{name}` has a mesh address, but there is no mesh"))
                    .at(&address.origin, "an address of which mesh?")
                    .help("add [mesh] and below it range = \"10.0.0.0/24\""),
            );
        }
    }

    fn report_addresses(&self, problems: &mut Problems) {
        let addressed: Vec<_> = self.addressed().collect();
        for (position, (name, address)) in addressed.iter().enumerate() {
            let earlier = addressed[..position].iter().find(|(_, other)| other.value == address.value);
            if let Some((other, other_address)) = earlier {
                problems.push(
                    Problem::new("site/duplicate-address", format!("`{name}` has the mesh address of `{other}`"))
                        .at(&address.origin, "the same address")
                        .related(&other_address.origin, format!("the mesh address of `{other}`"))
                        .help("each host has a mesh address of its own"),
                );
            }
            if let Some(range) = &self.range {
                report_outside(name, address, range, problems);
            }
        }
    }
}

/// The ranges that nobody has in the world, the one of carriers among them.
const PRIVATE: [&str; 5] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fd00::/8"];

fn is_private(range: &IpNet) -> bool {
    PRIVATE.iter().filter_map(|private| private.parse::<IpNet>().ok()).any(|private| private.contains(range))
}

fn report_outside(name: &str, address: &Valued<IpAddr>, range: &Valued<IpNet>, problems: &mut Problems) {
    let point_to_point = range.prefix_len() + 1 >= range.max_prefix_len();
    let edge = !point_to_point
        && (address.value == range.network() || (address.is_ipv4() && address.value == range.broadcast()));
    let what = if !range.contains(&address.value) {
        format!("the mesh address of `{name}` is outside the mesh")
    } else if edge {
        format!("the mesh address of `{name}` is the first or last of the range, which stands for the range itself")
    } else {
        return;
    };
    problems.push(
        Problem::new("site/outside-mesh", what)
            .at(&address.origin, format!("not a host's address in {}", range.value))
            .related(&range.origin, "the mesh")
            .help("pick another address of the range, or widen the range"),
    );
}

fn member(entry: &Entry) -> Member {
    let written = entry.node.table().and_then(|table| table.entry("mesh")).map(|entry| &entry.node);
    let address = written.and_then(|node| match &node.data {
        Data::Table(table) => table.get("address").and_then(valued),
        _ => valued(node),
    });
    let meant = written.is_some_and(|node| !matches!(node.data, Data::Bool(false)));
    Member { name: entry.key.clone(), address, meant }
}

pub(super) fn mesh(view: &View, context: &Context) -> Mesh {
    let range = context.members.range.clone();
    Mesh {
        interface: view.known("interface"),
        range: range.unwrap_or_else(|| Valued::default(IpNet::default())),
        port: view.known("port"),
        keepalive: view.known("keepalive"),
    }
}
