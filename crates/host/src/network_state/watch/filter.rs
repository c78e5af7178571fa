//! What nf_tables says of its own changes: one message for each, and at the end who it was.

use super::Change;
use crate::netlink::{Message, Netlink, attribute, text};
use crate::system::Fault;
use rustix::net::netlink;

/// `NFNLGRP_NFTABLES`, as a bit.
const GROUP: u32 = 1 << 6;
/// The part of netfilter that speaks, in the upper byte of a message's kind.
const NF_TABLES: u16 = 10;
const NEW_GENERATION: u16 = 15;
/// `struct nfgenmsg`.
const HEAD: usize = 4;

pub(super) enum Told {
    Change(Change, String),
    By { pid: u32, name: String },
}

pub(super) fn listen() -> Result<Netlink, Fault> {
    Netlink::listen(Some(netlink::NETFILTER), GROUP)
}

pub(super) fn told(message: &Message<'_>) -> Option<Told> {
    if message.kind >> 8 != NF_TABLES {
        return None;
    }
    let rest = message.body.get(HEAD..)?;
    let number = |kind| Some(u32::from_be_bytes(attribute(rest, kind)?.try_into().ok()?));
    let named = |kind| attribute(rest, kind).map(text);
    let kind = message.kind & 0xff;
    if kind == NEW_GENERATION {
        return Some(Told::By { pid: number(2)?, name: named(3).unwrap_or_default() });
    }
    let family = family(message.body.first().copied()?);
    let table = format!("{family} {}", named(1)?);
    let (change, words) = match kind {
        0 => (Change::Added, format!("table {table}")),
        2 => (Change::Removed, format!("table {table}")),
        3 => (Change::Added, format!("chain {table} {}", chain(rest))),
        5 => (Change::Removed, format!("chain {table} {}", chain(rest))),
        6 => (Change::Added, format!("rule in {table} {}{}", named(2)?, handle(rest))),
        8 => (Change::Removed, format!("rule in {table} {}{}", named(2)?, handle(rest))),
        9 => (Change::Added, format!("set {table} {}", named(2)?)),
        11 => (Change::Removed, format!("set {table} {}", named(2)?)),
        12 => (Change::Added, format!("element of set {table} {}", named(2)?)),
        14 => (Change::Removed, format!("element of set {table} {}", named(2)?)),
        18 => (Change::Added, format!("object {table} {}", named(2)?)),
        20 => (Change::Removed, format!("object {table} {}", named(2)?)),
        22 => (Change::Added, format!("flowtable {table} {}", named(2)?)),
        24 => (Change::Removed, format!("flowtable {table} {}", named(2)?)),
        _ => return None,
    };
    Some(Told::Change(change, words))
}

/// A chain's name, and its policy where it has one.
fn chain(rest: &[u8]) -> String {
    let name = attribute(rest, 3).map(text).unwrap_or_default();
    let policy = attribute(rest, 5).and_then(|value| value.try_into().ok()).map(u32::from_be_bytes);
    match policy {
        Some(0) => format!("{name} policy drop"),
        Some(1) => format!("{name} policy accept"),
        _ => name,
    }
}

fn handle(rest: &[u8]) -> String {
    let handle = attribute(rest, 3).and_then(|value| value.try_into().ok()).map(u64::from_be_bytes);
    handle.map(|handle| format!(" (handle {handle})")).unwrap_or_default()
}

fn family(number: u8) -> &'static str {
    match number {
        1 => "inet",
        2 => "ip",
        3 => "arp",
        5 => "netdev",
        7 => "bridge",
        10 => "ip6",
        _ => "other",
    }
}
