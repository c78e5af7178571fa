//! Rules for fail2ban, sysctl, apt and automatic updates. One file a rule; `rules/mod.rs` has the list.

pub(super) mod apt_debian_sources_incomplete;
pub(super) mod apt_signed_by;
pub(super) mod f2b_backend;
pub(super) mod f2b_caddy_jail_missing;
pub(super) mod f2b_filter_missing;
pub(super) mod f2b_jail_conf;
pub(super) mod f2b_sshd_jail_without_sshd;
pub(super) mod f2b_unknown_key;
pub(super) mod sysctl_accept_redirects;
pub(super) mod sysctl_forward;
pub(super) mod sysctl_hardening_missing;
pub(super) mod sysctl_insecure;
pub(super) mod sysctl_key_unknown;
pub(super) mod uu_cleanup;
pub(super) mod uu_reboot;
pub(super) mod uu_security;

use piton_config::read::{Document, Value};

/// The settings of a sysctl file.
fn settings(document: &Document) -> impl Iterator<Item = (Value<'_>, Value<'_>)> {
    document.root().lines().filter_map(|line| Some((line.word(0)?, line.word(1)?)))
}
