//! Rules for Dockerfiles. One file a rule; `rules/mod.rs` has the list.

pub(super) mod glibc_mismatch;
pub(super) mod healthcheck_localhost;
pub(super) mod install_after_user;
pub(super) mod node_require;
pub(super) mod workspace_copy_order;
