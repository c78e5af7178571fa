//! Rules for ufw, iptables and nftables. One file a rule; `rules/mod.rs` has the list.

pub(super) mod default_allow;
pub(super) mod dnat_db_port;
pub(super) mod dnat_no_interface;
pub(super) mod loopback;
pub(super) mod loopback_after_drop;
pub(super) mod nft_flush_with_docker;
pub(super) mod nft_interface_index;
pub(super) mod ufw_disabled;
pub(super) mod ufw_forward_policy;
pub(super) mod ufw_https_open_with_tunnel;
pub(super) mod ufw_metrics_public;
pub(super) mod ufw_wg_subnet_missing;
pub(super) mod unknown_target;
