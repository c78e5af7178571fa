//! Rules for systemd units. One file a rule; `rules/mod.rs` has the list.

pub(super) mod caddy_restart;
pub(super) mod env_file_missing;
pub(super) mod network_online;
pub(super) mod start_limit_section;
pub(super) mod value;
