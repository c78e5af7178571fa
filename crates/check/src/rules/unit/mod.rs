//! Rules for systemd units. One file a rule; `rules/mod.rs` has the list.

pub(super) mod caddy_restart;
