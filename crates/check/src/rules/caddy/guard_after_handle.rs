use crate::rules::prelude::*;

use super::guard::{comes_first, has_own_order, is_in_order, refuses};
use super::sites;
use crate::caddyfile::Site;
use std::collections::HashSet;

rule! {
    /// A guard is written first, and comes last.
    ///
    /// Outside of a `route` Caddy puts `abort`, `error` and `respond` behind every `handle`, `handle_path` and `route` of the
    /// same block, whatever is written first. What is in those answers strangers as if the guard were not there.
    ///
    /// ```caddy Caddyfile bad
    /// admin.example.org {
    ///     @outside not remote_ip 100.64.0.0/10
    ///     respond @outside 403
    ///     handle /api/* {
    ///         reverse_proxy api:8080
    ///     }
    ///     handle {
    ///         reverse_proxy app:8080
    ///     }
    /// }
    /// ```
    ///
    /// ```caddy Caddyfile good
    /// admin.example.org {
    ///     @outside not remote_ip 100.64.0.0/10
    ///     route {
    ///         respond @outside 403
    ///         handle /api/* {
    ///             reverse_proxy api:8080
    ///         }
    ///         handle {
    ///             reverse_proxy app:8080
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// ```caddy Caddyfile good 2
    /// n8n.example.org {
    ///     handle /webhook/* {
    ///         reverse_proxy n8n:5678
    ///     }
    ///     @outside not remote_ip 100.64.0.0/10
    ///     error @outside 403
    ///     reverse_proxy n8n:5678
    /// }
    /// ```
    ///
    /// Not told where the block is written above the guard, asks for itself, or the file has an `order` of its own. Tried with
    /// Caddy 2.6.2 and 2.11.4, 2026-11-28: what is in the `handle` answers 200. Source: Caddy's `httpcaddyfile/directives.go`,
    /// defaultDirectiveOrder.
    RULE = "caddy-guard-after-handle", Warning, High, Look::File(&[Kind::Caddyfile], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    if has_own_order(document) {
        return;
    }
    for place in sites(document) {
        let site = Site::read(project, place);
        let asking = matchers_that_ask(&site);
        let open: Vec<usize> = (0..site.lines.len())
            .filter(|at| comes_first(&site.lines[*at]) && !asking.is_empty() && answers(&site, *at))
            .collect();
        for (at, line) in site.lines.iter().enumerate() {
            let asks = refuses(line).is_some_and(|name| asking.contains(name));
            let missed = open.iter().find(|open| **open > at && site.lines[**open].block == line.block);
            if let Some(missed) = missed.filter(|_| asks && !is_in_order(&site, line.block)) {
                let missed = site.lines[*missed];
                report
                    .at(
                        line.import.unwrap_or(line.line),
                        "Caddy takes this after the block below, which answers everybody",
                    )
                    .related(missed.import.unwrap_or(missed.line), "this comes first")
                    .help("put both into a `route`, where the order is that of the file");
            }
        }
    }
}

/// The matchers that ask where a visitor comes from.
fn matchers_that_ask<'a>(site: &Site<'a>) -> HashSet<&'a str> {
    let asks = |at: &usize| {
        let words = site.lines[*at].line.words().filter_map(Value::text);
        words.into_iter().any(|word| matches!(word, "remote_ip" | "client_ip"))
    };
    let lines = (0..site.lines.len()).filter(asks).flat_map(|at| [at].into_iter().chain(site.above(at)));
    lines.map(|at| site.lines[at].line.word_text(0)).filter(|name| name.starts_with('@')).collect()
}

/// Whether something in a block answers, and nothing in it asks who it is.
fn answers(site: &Site, block: usize) -> bool {
    let is_inside = |at: &usize| site.above(*at).any(|above| above == block);
    let inside: Vec<usize> = (block + 1..site.lines.len()).take_while(is_inside).collect();
    let asks = |at: usize| {
        let words = site.lines[at].line.words().filter_map(Value::text);
        words.into_iter().any(|word| word.starts_with('@') || word.contains("auth") || word.ends_with("_ip"))
    };
    let word = |at: usize| site.lines[at].line.word_text(0);
    let answers = inside.iter().any(|at| matches!(word(*at), "reverse_proxy" | "file_server" | "php_fastcgi"));
    answers && !asks(block) && !inside.into_iter().any(asks)
}
