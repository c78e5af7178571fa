//! Rules for OpenClaw. One file a rule; `rules/mod.rs` has the list.

pub(super) mod base_path;
pub(super) mod bind_no_token;
pub(super) mod command_binary;
pub(super) mod config_mode;
pub(super) mod device_auth;
pub(super) mod dm_policy;
pub(super) mod elevated;
pub(super) mod gateway_mode;
pub(super) mod host_header;
pub(super) mod insecure_auth;
mod keys;
pub(super) mod loopback_bind;
pub(super) mod model_string;
pub(super) mod origins_wildcard;
pub(super) mod otel_endpoint;
pub(super) mod otel_plugin;
pub(super) mod plaintext_secret;
pub(super) mod sandbox_binds;
pub(super) mod sandbox_hardening;
pub(super) mod sandbox_image_missing;
pub(super) mod sandbox_needs_docker;
pub(super) mod sandbox_network;
pub(super) mod sandbox_off;
pub(super) mod sandbox_tools;
pub(super) mod telegram_token;
pub(super) mod tmpfs_owner;
pub(super) mod trusted_proxies;
pub(super) mod unknown_key;
pub(super) mod web_keys;
pub(super) mod workspace_only;

use crate::compose::Service;
use crate::project::Project;
use piton_config::read::{Document, Value};

/// Follows keys from the top of openclaw.json.
fn section<'a>(document: &'a Document, path: &str) -> Option<Value<'a>> {
    document.root().path(path)
}

/// The service that runs OpenClaw with this file: the one there is, or several of the same version.
fn service_of<'p, 'a>(project: &'p Project<'a>, document: &Document) -> Option<&'p Service<'a>> {
    let mut all =
        project.services().filter(|service| service.is("openclaw") && Project::are_related(service.document, document));
    let first = all.next()?;
    all.all(|other| other.version() == first.version()).then_some(first)
}
