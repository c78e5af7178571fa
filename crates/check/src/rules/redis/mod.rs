//! Rules for redis.conf. One file a rule; `rules/mod.rs` has the list.

pub(super) mod protected_mode;
pub(super) mod protected_mode_missing;
pub(super) mod rename_command;
