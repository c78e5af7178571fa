//! Rules that hold for every file. One file a rule; `rules/mod.rs` has the list.

pub(super) mod crlf;
pub(super) mod duplicate_key;
pub(super) mod not_utf8;
pub(super) mod parse_error;
pub(super) mod public_ip;
pub(super) mod suppression;
