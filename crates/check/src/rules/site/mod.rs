//! Rules about piton's own site file. One file a rule; `rules/mod.rs` has the list.

pub(crate) mod invalid;
