//! Four layers seen as one: piton's defaults, the profile, the site, the host; the nearest wins.
//!
//! A section counts only if the profile brings it or the site or the host has it: piton's defaults
//! bring nothing, and `false` switches off what came from farther away.

use crate::profile::Layer;
use crate::tree::{Data, Node, Table};
use crate::{Origin, Policy, SocketActivation, Valued};
use ipnet::IpNet;
use std::net::IpAddr;

#[derive(Clone, Copy)]
pub(crate) struct Layers<'a> {
    pub(crate) defaults: &'a Layer,
    pub(crate) profile: &'a Layer,
    pub(crate) site: &'a Table,
    /// None: what holds for the site as a whole.
    pub(crate) host: Option<&'a Table>,
}

/// One section with all its layers, farthest first.
pub(crate) struct View<'a> {
    tables: Vec<&'a Table>,
    /// The nearest place that has the section.
    pub(crate) origin: Origin,
}

impl<'a> Layers<'a> {
    /// Gives a section, unless no layer brings it or the nearest one switches it off.
    pub(crate) fn section(&self, name: &str) -> Option<View<'a>> {
        let mut tables: Vec<&Table> = self.defaults.table.table(name).into_iter().collect();
        let mut origin = None;
        if let Some(node) = self.profile.table.get(name) {
            tables.extend(node.table());
            origin = self.profile.brings(name).then(|| node.origin.clone());
        }
        for layer in [Some(self.site), self.host].into_iter().flatten() {
            match layer.get(name).map(|node| (&node.data, &node.origin)) {
                Some((Data::Table(table), place)) => {
                    tables.push(table);
                    origin = Some(place.clone());
                }
                Some((Data::Bool(true), place)) => origin = Some(place.clone()),
                Some((Data::Bool(false), _)) => origin = None,
                // `hosts.*.mesh` is an address: it neither brings nor changes the section.
                _ => {}
            }
        }
        origin.map(|origin| View { tables, origin })
    }

    /// Gives what `[site]` says and the host says for itself: time zone, packages, profile.
    pub(crate) fn general(&self) -> View<'a> {
        let layers = [&self.defaults.table, &self.profile.table, self.site];
        let tables = layers.into_iter().filter_map(|layer| layer.table("site")).chain(self.host);
        View { tables: tables.collect(), origin: Origin::Default }
    }

    /// Gives the entries of `[[name]]`; a host's entry stands in for the site's of the same identity.
    pub(crate) fn entries(&self, name: &str, identity: &str) -> Vec<View<'a>> {
        let template = self.defaults.table.get(name).and_then(|node| node.list().first()).and_then(Node::table);
        let written = |layer: &'a Table| layer.get(name).into_iter().flat_map(Node::list);
        let own: Vec<&Node> = self.host.into_iter().flat_map(written).collect();
        let named =
            |node: &Node| node.table().and_then(|table| table.get(identity)).and_then(Node::text).map(str::to_owned);
        let replaced =
            |node: &Node| named(node).is_some_and(|name| own.iter().any(|own| named(own).as_ref() == Some(&name)));
        let shared = written(self.site).filter(|node| !replaced(node));
        shared
            .chain(own.iter().copied())
            .filter_map(|node| {
                let table = node.table()?;
                Some(View { tables: template.into_iter().chain([table]).collect(), origin: node.origin.clone() })
            })
            .collect()
    }
}

impl<'a> View<'a> {
    pub(crate) fn of(tables: Vec<&'a Table>, origin: Origin) -> Self {
        View { tables, origin }
    }

    /// Gives the nearest value of a key.
    pub(crate) fn node(&self, key: &str) -> Option<&'a Node> {
        self.tables.iter().rev().find_map(|table| table.get(key))
    }

    /// Gives the values of a key in every layer that has one, farthest first.
    pub(crate) fn nodes(&self, key: &str) -> impl Iterator<Item = &'a Node> {
        self.tables.iter().filter_map(move |table| table.get(key))
    }

    pub(crate) fn tables(&self) -> impl Iterator<Item = &'a Table> {
        self.tables.iter().copied()
    }

    /// Says whether a key is there at all, be it a value that was already reported as wrong.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.tables.iter().any(|table| table.entry(key).is_some())
    }

    pub(crate) fn value<T: FromNode>(&self, key: &str) -> Option<Valued<T>> {
        self.node(key).and_then(valued)
    }

    /// Gives a value that piton's defaults always have; if not, the mistake was reported already.
    pub(crate) fn known<T: FromNode + Default>(&self, key: &str) -> Valued<T> {
        self.value(key).unwrap_or_else(|| Valued::default(T::default()))
    }

    /// Gives a list to which every layer adds, each value once.
    pub(crate) fn added<T: FromNode + PartialEq>(&self, key: &str) -> Vec<Valued<T>> {
        let mut all: Vec<Valued<T>> = Vec::new();
        for value in self.nodes(key).flat_map(Node::list).filter_map(valued::<T>) {
            if !all.iter().any(|known| known.value == value.value) {
                all.push(value);
            }
        }
        all
    }
}

pub(crate) fn valued<T: FromNode>(node: &Node) -> Option<Valued<T>> {
    Some(Valued { value: T::from_node(node)?, origin: node.origin.clone() })
}

/// What a checked value is read as.
pub(crate) trait FromNode: Sized {
    fn from_node(node: &Node) -> Option<Self>;
}

impl FromNode for String {
    fn from_node(node: &Node) -> Option<Self> {
        node.text().map(str::to_owned)
    }
}

impl FromNode for bool {
    fn from_node(node: &Node) -> Option<Self> {
        match node.data {
            Data::Bool(truth) => Some(truth),
            _ => None,
        }
    }
}

impl FromNode for u32 {
    fn from_node(node: &Node) -> Option<Self> {
        match node.data {
            Data::Integer(number) => number.try_into().ok(),
            _ => None,
        }
    }
}

impl FromNode for u16 {
    fn from_node(node: &Node) -> Option<Self> {
        u32::from_node(node)?.try_into().ok()
    }
}

impl<T: FromNode> FromNode for Vec<T> {
    fn from_node(node: &Node) -> Option<Self> {
        match &node.data {
            Data::List(nodes) => Some(nodes.iter().filter_map(T::from_node).collect()),
            _ => None,
        }
    }
}

impl FromNode for IpAddr {
    fn from_node(node: &Node) -> Option<Self> {
        node.text()?.parse().ok()
    }
}

impl FromNode for IpNet {
    fn from_node(node: &Node) -> Option<Self> {
        node.text()?.parse().ok()
    }
}

/// Permission bits, written as text in octal.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mode(pub(crate) u32);

impl FromNode for Mode {
    fn from_node(node: &Node) -> Option<Self> {
        u32::from_str_radix(node.text()?, 8).ok().map(Mode)
    }
}

impl View<'_> {
    pub(crate) fn mode(&self, key: &str) -> Valued<u32> {
        let Valued { value: Mode(bits), origin } = self.known(key);
        Valued { value: bits, origin }
    }
}

impl FromNode for Policy {
    fn from_node(node: &Node) -> Option<Self> {
        match node.text()? {
            "allow" => Some(Policy::Allow),
            "deny" => Some(Policy::Deny),
            "reject" => Some(Policy::Reject),
            _ => None,
        }
    }
}

impl FromNode for SocketActivation {
    fn from_node(node: &Node) -> Option<Self> {
        match node.text()? {
            "auto" => Some(SocketActivation::Auto),
            "on" => Some(SocketActivation::On),
            "off" => Some(SocketActivation::Off),
            _ => None,
        }
    }
}
