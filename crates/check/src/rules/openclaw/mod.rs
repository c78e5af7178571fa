//! Rules for OpenClaw. One file a rule; `rules/mod.rs` has the list.

pub(super) mod bind_no_token;
pub(super) mod device_auth;
pub(super) mod dm_policy;
pub(super) mod elevated;
pub(super) mod gateway_mode;
pub(super) mod host_header;
pub(super) mod insecure_auth;
pub(super) mod loopback_bind;
pub(super) mod model_string;
pub(super) mod origins_wildcard;
pub(super) mod otel_endpoint;
pub(super) mod otel_plugin;
pub(super) mod plaintext_secret;
pub(super) mod sandbox_binds;
pub(super) mod sandbox_hardening;
pub(super) mod sandbox_network;
pub(super) mod sandbox_off;
pub(super) mod telegram_token;
pub(super) mod tmpfs_owner;
pub(super) mod workspace_only;

use piton_config::read::{Document, Value};

/// Follows keys from the top of openclaw.json.
fn section<'a>(document: &'a Document, path: &str) -> Option<Value<'a>> {
    document.root().path(path)
}
