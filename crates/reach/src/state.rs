//! The network of one host, as data: everything that decides whether a port can be opened.
//!
//! The `host` room reads it, [`crate::prove`] foretells it. A part that could not be read is named
//! in [`State::unread`], and whatever depends on it is unknown.

use crate::access::Access;
use crate::filter::Filter;
use crate::packet::Protocol;
use crate::ufw::Ufw;
use ipnet::{IpNet, Ipv4Net};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub links: Vec<Link>,
    pub addresses: Vec<Address>,
    /// Of all tables, the kernel's own table of local addresses among them.
    pub routes: Vec<Route>,
    /// Which table is asked when.
    pub rules: Vec<PolicyRule>,
    pub kernel: Kernel,
    /// Everything that iptables and nftables hold, in the kernel.
    pub filter: Filter,
    pub sockets: Vec<Listener>,
    /// ufw's own files; none where it is not installed.
    pub ufw: Option<Ufw>,
    pub tunnels: Vec<Tunnel>,
    pub docker: Docker,
    pub access: Access,
    /// What could not be read, in words.
    pub unread: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub index: u32,
    pub name: String,
    pub kind: LinkKind,
    pub up: bool,
    /// The bridge, or whatever else this interface is a port of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub master: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    Loopback,
    Bridge,
    Wireguard,
    Dummy,
    Veth,
    /// A card, or something that behaves like one.
    #[default]
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    pub interface: String,
    pub net: IpNet,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    pub table: u32,
    pub kind: RouteKind,
    pub to: IpNet,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<IpAddr>,
    /// More than one for a route over several ways, of which the kernel takes any.
    pub interfaces: Vec<String>,
    /// Of two routes of one length the lower one is taken.
    pub metric: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RouteKind {
    Unicast,
    /// An address of the host's own.
    Local,
    Broadcast,
    Multicast,
    /// Dropped without a word.
    Blackhole,
    Unreachable,
    Prohibit,
    /// This table has nothing to say; the next rule is asked.
    Throw,
}

/// `ip rule`: which table is asked for which packets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyRule {
    pub priority: u32,
    pub v6: bool,
    #[serde(default)]
    pub not: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<IpNet>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<IpNet>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// Mark and mask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<(u32, u32)>,
    pub action: RuleAction,
    /// Routes of this prefix length or shorter do not count (`suppress_prefixlength`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppress: Option<u8>,
    /// It says something that is not modelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unmodelled: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleAction {
    Table(u32),
    Blackhole,
    Unreachable,
    Prohibit,
    Nothing,
}

/// Switches of the kernel that decide over packets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kernel {
    pub forward_v4: bool,
    pub forward_v6: bool,
    /// `rp_filter` by interface, `all` among them.
    pub reverse_path: BTreeMap<String, u8>,
    /// `src_valid_mark` by interface: marks count in the check of the way back.
    pub source_mark: BTreeMap<String, u8>,
    /// `route_localnet` by interface: loopback addresses may come in and go out by it.
    #[serde(default)]
    pub route_localnet: BTreeMap<String, u8>,
}

/// A socket that takes new connections (TCP) or packets from anyone (UDP).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Listener {
    pub protocol: Protocol,
    pub address: IpAddr,
    pub port: u16,
    /// An IPv6 socket that takes IPv6 only.
    #[serde(default)]
    pub v6_only: bool,
    /// Bound to this interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// The program behind it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// The container that the program is in; it is on the host's own network then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
}

/// A WireGuard interface and whom it carries packets for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tunnel {
    pub interface: String,
    pub port: u16,
    /// Packets for any other address are thrown away.
    pub allowed: Vec<IpNet>,
}

/// What Docker is known to do besides what is in the filter already.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Docker {
    pub running: bool,
    /// What is published is sent on by the filter alone, for the host's own callers, too (`userland-proxy` is off).
    #[serde(default)]
    pub hairpin: bool,
    #[serde(default)]
    pub containers: Vec<Running>,
    /// Ports of containers that are published on the host.
    pub published: Vec<Published>,
    /// The networks' names by their bridges, as far as they are foretold.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub bridges: BTreeMap<String, String>,
    /// Where it takes the addresses of networks from, and how wide each is, as far as it is told otherwise than usual.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pools: Vec<(Ipv4Net, u8)>,
    /// Ports that may be open to more than can be foretold: nobody may say that they are closed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unsure: BTreeSet<(Protocol, u16)>,
}

/// A container that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    pub name: String,
    /// The compose project that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Its own, in Docker's networks.
    pub addresses: Vec<IpAddr>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Published {
    pub protocol: Protocol,
    /// On which of the host's addresses; unspecified: on all.
    pub address: IpAddr,
    pub port: u16,
    pub to: IpAddr,
    pub to_port: u16,
}

pub(crate) const TABLE_LOCAL: u32 = 255;
pub(crate) const TABLE_MAIN: u32 = 254;
pub(crate) const TABLE_DEFAULT: u32 = 253;

impl State {
    pub fn link(&self, name: &str) -> Option<&Link> {
        self.links.iter().find(|link| link.name == name)
    }

    /// The host's own addresses on an interface, in the kernel's order.
    pub fn addresses_of<'a>(&'a self, interface: &'a str) -> impl Iterator<Item = &'a Address> {
        self.addresses.iter().filter(move |address| address.interface == interface)
    }

    /// Puts an address on an interface, with the routes that the kernel makes for it.
    pub fn add_address(&mut self, interface: &str, net: IpNet) {
        if self.addresses.iter().any(|address| address.interface == interface && address.net == net) {
            return;
        }
        let own = IpNet::from(net.addr());
        let route =
            |table, kind, to| Route { table, kind, to, via: None, interfaces: vec![interface.to_owned()], metric: 0 };
        self.routes.push(route(TABLE_LOCAL, RouteKind::Local, own));
        if net.prefix_len() < net.max_prefix_len() {
            self.routes.push(route(TABLE_MAIN, RouteKind::Unicast, net.trunc()));
        }
        self.addresses.push(Address { interface: interface.to_owned(), net });
    }

    /// Puts the sockets of its tunnels among the others: they are the kernel's own, and no program's.
    pub fn listen_for_tunnels(&mut self) {
        let ports = self.tunnels.iter().filter(|tunnel| tunnel.port != 0);
        let names: Vec<(u16, String)> =
            ports.map(|tunnel| (tunnel.port, format!("WireGuard {}", tunnel.interface))).collect();
        for (port, name) in names {
            // A program that holds the port is WireGuard outside of the kernel.
            self.sockets.retain(|other| other.protocol != Protocol::Udp || other.port != port);
            for address in [IpAddr::from([0u8; 4]), IpAddr::from([0u8; 16])] {
                self.sockets.push(Listener {
                    protocol: Protocol::Udp,
                    address,
                    port,
                    v6_only: true,
                    interface: None,
                    program: Some(name.clone()),
                    container: None,
                });
            }
        }
    }

    /// Whether IPv4's loopback addresses may come in and go out by an interface. IPv6's never do.
    pub(crate) fn routes_loopback(&self, interface: &str) -> bool {
        let on = |name: &str| self.kernel.route_localnet.get(name).is_some_and(|on| *on != 0);
        on("all") || on(interface)
    }

    /// Takes an interface away, with its addresses and routes.
    pub fn remove_link(&mut self, name: &str) {
        self.links.retain(|link| link.name != name);
        self.addresses.retain(|address| address.interface != name);
        self.routes.retain(|route| !route.interfaces.iter().any(|interface| interface == name));
    }

    /// Puts an interface there that is up, unless there is one of this name.
    pub(crate) fn add_link(&mut self, name: &str, kind: LinkKind) {
        if self.link(name).is_none() {
            let index = self.links.iter().map(|link| link.index).max().unwrap_or(0) + 1;
            self.links.push(Link { index, name: name.to_owned(), kind, up: true, master: None });
        }
    }

    /// The rules that every kernel starts with.
    pub fn usual_rules() -> Vec<PolicyRule> {
        let rule = |priority, v6, table| PolicyRule {
            priority,
            v6,
            not: false,
            from: None,
            to: None,
            input: None,
            output: None,
            mark: None,
            action: RuleAction::Table(table),
            suppress: None,
            unmodelled: None,
        };
        vec![
            rule(0, false, TABLE_LOCAL),
            rule(32766, false, TABLE_MAIN),
            rule(32767, false, TABLE_DEFAULT),
            rule(0, true, TABLE_LOCAL),
            rule(32766, true, TABLE_MAIN),
        ]
    }
}
