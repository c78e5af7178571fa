//! Rules for agents: skills and their settings. One file a rule; `rules/mod.rs` has the list.

pub(super) mod claude_deny;
pub(super) mod claude_hook;
pub(super) mod description_missing;
pub(super) mod flat_file;
pub(super) mod frontmatter_missing;
pub(super) mod metadata_invalid;
pub(super) mod name;
pub(super) mod name_dir;
