//! Rules for WireGuard. One file a rule; `rules/mod.rs` has the list.

pub(super) mod address_is_network;
pub(super) mod allowed_ips;
pub(super) mod endpoint_missing;
pub(super) mod keepalive;
pub(super) mod post_up;
pub(super) mod private_key;
pub(super) mod unknown_key;

use piton_config::read::{Document, Value};

/// Every peer: its heading, and its section.
fn peers(document: &Document) -> impl Iterator<Item = (Value<'_>, Value<'_>)> {
    document.root().entries().into_iter().filter(|(name, _)| name.text() == Some("Peer"))
}
