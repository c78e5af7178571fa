//! Whether a site asks who comes, or from where, before a line of it answers.
//!
//! Where that stands matters: outside of a `route` Caddy puts `abort`, `error` and `respond` behind every `handle` of the same
//! block, whatever is written first, so that a guard at the top of a site guards none of its `handle`s.

use crate::caddyfile::{Line, Site};
use piton_config::read::{Document, Value};
use std::collections::HashSet;

/// Directives and matchers by which a site lets in only some, or sends the others away.
const GUARDS: [&str; 13] = [
    "remote_ip",
    "client_ip",
    "forward_auth",
    "basic_auth",
    "basicauth",
    "authorize",
    "authenticate",
    "abort",
    "client_auth",
    "bind",
    "jwt",
    "oauth",
    "invoke",
];

/// What of a site is guarded.
#[derive(Debug)]
pub(in crate::rules) enum Guard {
    /// The whole of it; also where that may stand in a file that is not here.
    Whole,
    /// What these refusals come before.
    Behind(Vec<usize>),
}

impl Guard {
    pub(in crate::rules) fn of(site: &Site, document: &Document) -> Guard {
        let asks = |line: &Line| {
            let guards = |word: &str| GUARDS.contains(&word) || word.contains("auth");
            line.line.words().filter_map(Value::text).any(guards)
        };
        let refused: HashSet<&str> = site.lines.iter().filter_map(refuses).collect();
        let is_defined = |line: &Line| refused.contains(line.line.word_text(0));
        let used_elsewhere = |line: &Line| {
            let words = line.line.words().filter_map(Value::text).skip(usize::from(is_defined(line)));
            refuses(line).is_none() && words.into_iter().any(|word| refused.contains(word))
        };
        let mut asked: HashSet<&str> = HashSet::new();
        for (at, line) in site.lines.iter().enumerate().filter(|(_, line)| asks(line)) {
            let definition = [at].into_iter().chain(site.above(at)).find(|at| is_defined(&site.lines[*at]));
            match definition {
                Some(definition) => _ = asked.insert(site.lines[definition].line.word_text(0)),
                None if refuses(line).is_some() => {}
                None => return Guard::Whole,
            }
        }
        if site.is_partial || has_own_order(document) || site.lines.iter().any(used_elsewhere) {
            return Guard::Whole;
        }
        // Whom `abort` sends away for another reason was asked something, too.
        let guards =
            |line: &Line| refuses(line).is_some_and(|name| asked.contains(name) || line.line.word_text(0) == "abort");
        Guard::Behind((0..site.lines.len()).filter(|at| guards(&site.lines[*at])).collect())
    }

    pub(in crate::rules) fn covers(&self, site: &Site, at: usize) -> bool {
        match self {
            Guard::Whole => true,
            Guard::Behind(refusals) => refusals.iter().any(|refusal| comes_before(site, *refusal, at)),
        }
    }
}

/// Whether the file changes the order in which Caddy takes directives.
pub(super) fn has_own_order(document: &Document) -> bool {
    super::options(document).into_iter().flat_map(Value::lines).any(|line| line.word_text(0) == "order")
}

/// Whether a line has a block of its own that is tried before what refuses.
pub(super) fn comes_first(line: &Line) -> bool {
    matches!(line.line.word_text(0), "handle" | "handle_path" | "route")
}

/// The matcher whose visitors a line sends away.
pub(super) fn refuses<'a>(line: &Line<'a>) -> Option<&'a str> {
    let refuses = matches!(line.line.word_text(0), "abort" | "error" | "respond");
    Some(line.line.word_text(1)).filter(|name| refuses && name.starts_with('@'))
}

fn comes_before(site: &Site, refusal: usize, at: usize) -> bool {
    let block = site.lines[refusal].block;
    let beside = [at].into_iter().chain(site.above(at)).find(|at| site.lines[*at].block == block);
    let Some(beside) = beside else { return false };
    match is_in_order(site, block) {
        true => refusal < beside,
        false => !comes_first(&site.lines[beside]),
    }
}

/// Whether the lines of a block are taken as they are written.
pub(super) fn is_in_order(site: &Site, block: Option<usize>) -> bool {
    block.is_some_and(|block| site.lines[block].line.word_text(0) == "route")
}
