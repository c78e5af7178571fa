//! Rules for n8n. One file a rule; `rules/mod.rs` has the list.

pub(super) mod basic_auth;
pub(super) mod builtin_blocked;
pub(super) mod delete_without_archive;
pub(super) mod external_blocked;
pub(super) mod header_case;
pub(super) mod path_set;
pub(super) mod pg_host_localhost;
pub(super) mod publish_missing;
pub(super) mod runners;
pub(super) mod webhook_body;
pub(super) mod webhook_no_secret;
