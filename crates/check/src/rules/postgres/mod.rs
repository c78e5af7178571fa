//! Rules for postgresql.conf. One file a rule; `rules/mod.rs` has the list.

pub(super) mod logging_collector;
pub(super) mod round_double;
pub(super) mod trust;
pub(super) mod value_invalid;
