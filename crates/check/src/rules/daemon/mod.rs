//! Rules for the Docker daemon. One file a rule; `rules/mod.rs` has the list.

pub(super) mod invalid;
pub(super) mod iptables_false;
pub(super) mod live_restore;
pub(super) mod log_rotation;
pub(super) mod no_new_privileges;
pub(super) mod tcp_no_tls;
pub(super) mod ulimits;
pub(super) mod userland_proxy;
