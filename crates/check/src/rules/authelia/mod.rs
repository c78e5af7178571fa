//! Rules for Authelia. One file a rule; `rules/mod.rs` has the list.

pub(super) mod default_bypass;
pub(super) mod secret_is_text;
