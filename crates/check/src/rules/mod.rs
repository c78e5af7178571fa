//! Every rule there is: one file each, and the one list.
//!
//! To add a rule, write its file (see any of them), name it in its folder's `mod.rs`, and put its line
//! into [`RULES`]. A test walks the folders, runs every example, and says what was forgotten.

mod compose;
mod text;
mod prelude;

pub(crate) use text::suppression::{UNUSED as SUPPRESSION_UNUSED, WITHOUT_REASON as SUPPRESSION_WITHOUT_REASON};

use crate::rule::Rule;

/// The one list, in the order of the folders.
pub const RULES: &[Rule] = &[
    compose::caddy_caps::RULE,
    compose::cadvisor_old_registry::RULE,
    compose::cap_drop_missing::RULE,
    compose::depends_on_no_condition::RULE,
    compose::docker_sock_mount::RULE,
    compose::healthcheck_distroless_shell::RULE,
    compose::healthcheck_litellm_auth::RULE,
    compose::healthcheck_localhost::RULE,
    compose::healthcheck_missing::RULE,
    compose::healthcheck_missing_tool::RULE,
    compose::healthcheck_noop::RULE,
    compose::host_home_mount::RULE,
    compose::image_latest::RULE,
    compose::initdb_only_first_run::RULE,
    compose::memory_limit_missing::RULE,
    compose::no_new_privileges_missing::RULE,
    compose::openclaw_tag_prefix::RULE,
    compose::postgres18_volume::RULE,
    compose::postgres_caps::RULE,
    compose::postgres_locale::RULE,
    compose::postgres_major_unpinned::RULE,
    compose::privileged::RULE,
    compose::promtail_eol::RULE,
    compose::qdrant_config_path::RULE,
    compose::qdrant_no_api_key::RULE,
    compose::redis_no_auth::RULE,
    compose::root_user::RULE,
    compose::sensitive_mount_rw::RULE,
    compose::sysbox_read_only::RULE,
    compose::sysbox_user::RULE,
    compose::tempo_unpinned::RULE,
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
