//! Where a Caddyfile sends requests: what stands behind `reverse_proxy` and the like.

use super::inside;
use piton_config::read::Value;

/// Directives that name another server.
const SENDERS: [&str; 3] = ["reverse_proxy", "forward_auth", "php_fastcgi"];

/// Every address that a line sends to, as it is written: those of its block's `to`, too.
pub(in crate::rules) fn upstreams<'a>(line: Value<'a>) -> Vec<(Value<'a>, &'a str)> {
    if !SENDERS.contains(&line.word_text(0)) {
        return Vec::new();
    }
    let more = inside(line).filter(|line| line.word_text(0) == "to").flat_map(|line| line.words().skip(1));
    line.words().skip(1).chain(more).filter_map(|word| Some((word, word.literal()?))).collect()
}
