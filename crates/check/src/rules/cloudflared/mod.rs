//! Rules for cloudflared. One file a rule; `rules/mod.rs` has the list.

pub(super) mod catch_all;
pub(super) mod credentials;
pub(super) mod ingress_target_unknown;
pub(super) mod loopback_service;
pub(super) mod no_tls_verify;
pub(super) mod scheme_port;
pub(super) mod service_path;
