//! Rules for Caddyfiles. One file a rule; `rules/mod.rs` has the list.

pub(super) mod grafana_strip_prefix;
pub(super) mod header_redundant;
pub(super) mod remote_has_port;
pub(super) mod subpath_unsupported;

use piton_config::read::{Document, Value};

/// Every line of the file, those in blocks too, from the top.
fn all_lines(document: &Document) -> impl Iterator<Item = Value<'_>> {
    let mut waiting: Vec<Value> = document.root().lines().collect();
    waiting.reverse();
    std::iter::from_fn(move || {
        let line = waiting.pop()?;
        let mut inner: Vec<Value> = line.block().into_iter().flat_map(Value::lines).collect();
        inner.reverse();
        waiting.extend(inner);
        Some(line)
    })
}
