//! Rules for env files and secrets. One file a rule; `rules/mod.rs` has the list.

pub(super) mod committed_secret;
pub(super) mod default_secret;
pub(super) mod grafana_default_password;
pub(super) mod missing_var;
pub(super) mod openclaw_port_bind;
pub(super) mod openclaw_token_weak;
pub(super) mod placeholder_secret;
pub(super) mod secret_file_tracked;
pub(super) mod service_url_public;
pub(super) mod unquoted_space;
pub(super) mod vault_init;
