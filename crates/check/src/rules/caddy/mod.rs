//! Rules for Caddyfiles. One file a rule; `rules/mod.rs` has the list.

pub(super) mod admin_ui_public;
pub(super) mod basic_auth_plain;
pub(super) mod bootstrap_token_route;
pub(super) mod domain_not_in_zone;
pub(super) mod error_page_200;
pub(super) mod grafana_strip_prefix;
mod guard;
pub(super) mod guard_after_handle;
pub(super) mod header_redundant;
pub(super) mod loopback_upstream;
pub(super) mod openclaw_websocket_timeout;
pub(super) mod remote_has_port;
pub(super) mod storage_missing;
pub(super) mod subpath_unsupported;
pub(super) mod unknown_directive;
pub(super) mod upstream;
pub(super) mod vpn_acl_no_split_dns;
pub(super) mod vpn_only_no_acme_dns;
pub(super) mod webhook_blocked;
pub(super) mod wildcard_no_dns;

pub(super) use guard::Guard;
use piton_config::read::{Document, Value};

/// Every line of the file, those in blocks too, from the top.
pub(in crate::rules) fn all_lines(document: &Document) -> impl Iterator<Item = Value<'_>> {
    from_top(document.root().lines().collect())
}

/// Every line in a line's block, those in deeper blocks too.
pub(super) fn inside(line: Value<'_>) -> impl Iterator<Item = Value<'_>> {
    from_top(line.block().into_iter().flat_map(Value::lines).collect())
}

/// The block of global options: it stands first, and has no name.
pub(super) fn options(document: &Document) -> Option<Value<'_>> {
    document.root().lines().next().filter(|line| line.word(0).is_none())?.block()
}

/// Every site that has a block; snippets and named routes are none.
pub(super) fn sites(document: &Document) -> impl Iterator<Item = Value<'_>> {
    let is_site =
        |line: &Value| line.block().is_some() && !matches!(line.word_text(0).chars().next(), None | Some('(' | '&'));
    document.root().lines().filter(is_site)
}

/// The host names of a site, without scheme and port; what a variable names is left out.
pub(super) fn hosts(site: Value<'_>) -> impl Iterator<Item = (Value<'_>, &str)> {
    site.words().filter_map(|word| {
        let text = word.literal()?.trim_end_matches(',');
        let bare = text.split_once("://").map_or(text, |(_, rest)| rest).split(['/', ':']).next()?;
        let named = bare.contains('.') && !bare.contains(['{', '$', '*']) && !text.starts_with("http://");
        named.then_some((word, bare))
    })
}

fn from_top(mut waiting: Vec<Value<'_>>) -> impl Iterator<Item = Value<'_>> {
    waiting.reverse();
    std::iter::from_fn(move || {
        let line = waiting.pop()?;
        let mut inner: Vec<Value> = line.block().into_iter().flat_map(Value::lines).collect();
        inner.reverse();
        waiting.extend(inner);
        Some(line)
    })
}
