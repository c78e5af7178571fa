//! Rules for Tempo. One file a rule; `rules/mod.rs` has the list.

pub(super) mod ingester_key;
pub(super) mod local_path;
pub(super) mod otlp_bind;
pub(super) mod removed_key;
