//! Rules for ufw, iptables and nftables. One file a rule; `rules/mod.rs` has the list.

pub(super) mod default_allow;
pub(super) mod dnat_db_port;
pub(super) mod dnat_no_interface;
pub(super) mod loopback;
pub(super) mod loopback_after_drop;
pub(super) mod nft_flush_with_docker;
pub(super) mod nft_interface_index;
pub(super) mod nft_ssh_missing;
pub(super) mod ufw_disabled;
pub(super) mod ufw_forward_policy;
pub(super) mod ufw_https_open_with_tunnel;
pub(super) mod ufw_metrics_public;
pub(super) mod ufw_ssh_missing;
pub(super) mod ufw_wg_subnet_missing;
pub(super) mod unknown_target;

/// Whether a port is one of services that are never ssh; any other may be the one that sshd was moved to.
fn is_never_ssh(port: &str) -> bool {
    let known = [
        25, 53, 80, 110, 143, 443, 465, 587, 993, 995, 3000, 3100, 3306, 5432, 6333, 6379, 8080, 8443, 9090, 9093, 9100,
    ];
    port.parse::<u16>().is_ok_and(|port| known.contains(&port))
}
