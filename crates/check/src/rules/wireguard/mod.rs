//! Rules for WireGuard. One file a rule; `rules/mod.rs` has the list.
//!
//! Neither `wg` (`config.c`, `process_line`) nor `wg-quick` (`nocasematch`) asks whether a section or a key is written in
//! capitals, so nobody here does: sections and keys are got by the functions below and by `get_in_any_case`.

pub(super) mod address_is_network;
pub(super) mod allowed_ips;
pub(super) mod allowed_ips_twice;
pub(super) mod endpoint_missing;
pub(super) mod endpoint_no_port;
pub(super) mod keepalive;
pub(super) mod post_up;
pub(super) mod private_key;
pub(super) mod unknown_key;

use piton_config::read::{Document, Value};

/// The section of this side.
pub(super) fn interface(document: &Document) -> Option<Value<'_>> {
    document.root().get_in_any_case("Interface")
}

/// Every peer: its heading, and its section.
pub(super) fn peers(document: &Document) -> impl Iterator<Item = (Value<'_>, Value<'_>)> {
    let is_peer = |name: &Value| name.text().is_some_and(|name| name.eq_ignore_ascii_case("Peer"));
    document.root().entries().into_iter().filter(move |(name, _)| is_peer(name))
}

/// This side's own address, the first of several, without its mask.
pub(super) fn own_address(document: &Document) -> Option<&str> {
    interface(document)?.get_in_any_case("Address")?.literal()?.split(['/', ',']).next().map(str::trim)
}
