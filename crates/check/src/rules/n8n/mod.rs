//! Rules for n8n. One file a rule; `rules/mod.rs` has the list.

pub(super) mod builtin_blocked;
pub(super) mod header_case;
pub(super) mod path_set;
pub(super) mod webhook_body;
