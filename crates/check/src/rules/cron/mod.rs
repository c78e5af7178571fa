//! Rules for crontabs and backups. One file a rule; `rules/mod.rs` has the list.

pub(super) mod backup_missing_path;
pub(super) mod backup_no_retention;
pub(super) mod backup_user;
pub(super) mod file_name;
pub(super) mod no_terminal;
pub(super) mod percent;
pub(super) mod user_field;
pub(super) mod zfs_no_destroy;
