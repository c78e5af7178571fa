//! Rules for LiteLLM. One file a rule; `rules/mod.rs` has the list.

pub(super) mod env_missing;
pub(super) mod fallback_unknown;
pub(super) mod fallbacks_shape;
pub(super) mod model_known_bad;
pub(super) mod plaintext_secret;
pub(super) mod redis_cache_env;
pub(super) mod root_path;
pub(super) mod shell_var;
pub(super) mod unknown_key;

use crate::project::find;
use piton_config::read::{Document, Value};

/// The lists of fallbacks, wherever they stand.
fn fallbacks(document: &Document) -> impl Iterator<Item = Value<'_>> {
    let sections = ["router_settings", "litellm_settings"].into_iter().filter_map(|name| find(document, name));
    let keys = ["fallbacks", "context_window_fallbacks", "content_policy_fallbacks"];
    sections.flat_map(move |section| keys.into_iter().filter_map(move |key| section.get(key)))
}
