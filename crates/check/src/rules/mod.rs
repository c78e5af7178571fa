//! Every rule there is: one file each, and the one list.
//!
//! To add a rule, write its file (see any of them), name it in its folder's `mod.rs`, and put its line
//! into [`RULES`]. A test walks the folders, runs every example, and says what was forgotten.

mod compose;
mod env;
mod firewall;
mod sshd;
mod text;
mod prelude;

pub(crate) use text::suppression::{UNUSED as SUPPRESSION_UNUSED, WITHOUT_REASON as SUPPRESSION_WITHOUT_REASON};

use crate::rule::Rule;

/// The one list, in the order of the folders.
pub const RULES: &[Rule] = &[
    compose::admin_port_all_interfaces::RULE,
    compose::bad_interpolation::RULE,
    compose::bind_mount_uid::RULE,
    compose::caddy_caps::RULE,
    compose::caddy_data_volume::RULE,
    compose::caddy_missing_plugin::RULE,
    compose::cadvisor_flags::RULE,
    compose::cadvisor_old_registry::RULE,
    compose::cap_drop_missing::RULE,
    compose::depends_on_no_condition::RULE,
    compose::docker_sock_mount::RULE,
    compose::duplicate_host_port::RULE,
    compose::env_inline_secret::RULE,
    compose::healthcheck_distroless_shell::RULE,
    compose::healthcheck_litellm_auth::RULE,
    compose::healthcheck_localhost::RULE,
    compose::healthcheck_missing::RULE,
    compose::healthcheck_missing_tool::RULE,
    compose::healthcheck_noop::RULE,
    compose::host_home_mount::RULE,
    compose::host_network_ports::RULE,
    compose::host_network_wide_bind::RULE,
    compose::image_latest::RULE,
    compose::initdb_only_first_run::RULE,
    compose::loopback_upstream::RULE,
    compose::mem_limit_below_min::RULE,
    compose::memory_limit_missing::RULE,
    compose::network_unreachable::RULE,
    compose::no_new_privileges_missing::RULE,
    compose::node_heap_vs_limit::RULE,
    compose::openclaw_bogus_env::RULE,
    compose::openclaw_init::RULE,
    compose::openclaw_tag_prefix::RULE,
    compose::openclaw_volume_ro::RULE,
    compose::otel_endpoint_mixed::RULE,
    compose::otel_signal_endpoint::RULE,
    compose::port_all_interfaces::RULE,
    compose::postgres18_volume::RULE,
    compose::postgres_caps::RULE,
    compose::postgres_locale::RULE,
    compose::postgres_major_unpinned::RULE,
    compose::privileged::RULE,
    compose::prometheus_retention::RULE,
    compose::promtail_eol::RULE,
    compose::promtail_positions::RULE,
    compose::qdrant_config_path::RULE,
    compose::qdrant_no_api_key::RULE,
    compose::redis_no_auth::RULE,
    compose::root_user::RULE,
    compose::sensitive_mount_rw::RULE,
    compose::subnet_overlap::RULE,
    compose::sysbox_read_only::RULE,
    compose::sysbox_user::RULE,
    compose::tempo_unpinned::RULE,
    env::default_secret::RULE,
    env::grafana_default_password::RULE,
    env::openclaw_port_bind::RULE,
    env::openclaw_token_weak::RULE,
    env::placeholder_secret::RULE,
    env::unquoted_space::RULE,
    firewall::default_allow::RULE,
    firewall::dnat_db_port::RULE,
    firewall::dnat_no_interface::RULE,
    firewall::loopback::RULE,
    firewall::loopback_after_drop::RULE,
    firewall::nft_flush_with_docker::RULE,
    firewall::ufw_forward_policy::RULE,
    firewall::ufw_metrics_public::RULE,
    sshd::allow_users_missing::RULE,
    sshd::challenge_response::RULE,
    sshd::dropin_shadowed::RULE,
    sshd::forwarding::RULE,
    sshd::kbd_interactive::RULE,
    sshd::limits::RULE,
    sshd::password_auth::RULE,
    sshd::permit_root_login::RULE,
    sshd::socket_family::RULE,
    sshd::socket_no_reset::RULE,
    sshd::use_pam_no::RULE,
    sshd::weak_crypto::RULE,
    text::crlf::RULE,
    text::duplicate_key::RULE,
    text::not_utf8::RULE,
    text::parse_error::RULE,
    text::suppression::UNUSED,
    text::suppression::WITHOUT_REASON,
];

/// The rule with an id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}
