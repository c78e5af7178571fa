//! Rules for CoreDNS and zones. One file a rule; `rules/mod.rs` has the list.

pub(super) mod acl_missing;
pub(super) mod acl_no_block;
pub(super) mod errors_cache;
pub(super) mod open_resolver;
mod zone;
pub(super) mod zone_serial;
pub(super) mod zone_syntax;

pub(super) use zone::Zone;
