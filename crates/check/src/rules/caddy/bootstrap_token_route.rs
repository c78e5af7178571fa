use crate::rules::prelude::*;

use super::{Guard, sites};
use crate::caddyfile::{Line, Site};

rule! {
    /// A page of the proxy hands a token to whoever asks for it.
    ///
    /// A route that writes the gateway's token into the browser is handy for the first visit, and is found by the first
    /// scanner. It belongs behind the guard that the rest of the site has, or is taken out after use.
    ///
    /// ```caddy Caddyfile bad
    /// chat.example.org {
    ///     handle /__bootstrap__ {
    ///         respond "<script>localStorage.setItem('token', '{env.OPENCLAW_GATEWAY_TOKEN}')</script>"
    ///     }
    ///     reverse_proxy openclaw:18789
    /// }
    /// ```
    ///
    /// ```caddy Caddyfile bad 2
    /// chat.example.org {
    ///     @outside not remote_ip 100.64.0.0/10
    ///     abort @outside
    ///     handle /__bootstrap__ {
    ///         respond "<script>localStorage.setItem('token', '{env.OPENCLAW_GATEWAY_TOKEN}')</script>"
    ///     }
    ///     reverse_proxy openclaw:18789
    /// }
    /// ```
    ///
    /// ```caddy Caddyfile good
    /// chat.example.org {
    ///     @outside not remote_ip 100.64.0.0/10
    ///     route {
    ///         abort @outside
    ///         handle /__bootstrap__ {
    ///             respond "<script>localStorage.setItem('token', '{env.OPENCLAW_GATEWAY_TOKEN}')</script>"
    ///         }
    ///         reverse_proxy openclaw:18789
    ///     }
    /// }
    /// ```
    ///
    /// In the second one Caddy puts `handle` before `abort`, whatever is written first: only in a `route` the order is that of
    /// the file. Tried with Caddy 2.6.2 and 2.11.4, 2026-11-28: both bad ones answer with the token. Source: Caddy's
    /// `httpcaddyfile/directives.go`, defaultDirectiveOrder. Evidence: the file itself.
    RULE = "caddy-bootstrap-token-route", Error, High, Look::File(&[Kind::Caddyfile], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for place in sites(document) {
        let site = Site::read(project, place);
        let guard = Guard::of(&site, document);
        let answers = |(at, line): &(usize, &Line)| line.line.word_text(0) == "respond" && !guard.covers(&site, *at);
        for (_, line) in site.lines.iter().enumerate().filter(answers) {
            let Some(word) = line.line.words().find(|word| word.text().is_some_and(hands_out)) else { continue };
            let place = line.import.unwrap_or(word);
            let finding = report.at(place, "whoever asks for this page gets the secret");
            finding.help("remote_ip, or take the route out");
            if line.import.is_some() {
                finding.related(word, "imported from here");
            }
        }
    }
}

/// Whether a text is filled with a variable that names a secret.
fn hands_out(text: &str) -> bool {
    let placeholders = text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    let secret = ["TOKEN", "PASSWORD", "SECRET", "API_KEY"];
    placeholders
        .filter_map(|name| name.strip_prefix("env.").or_else(|| name.strip_prefix('$')))
        .any(|name| secret.iter().any(|word| name.to_ascii_uppercase().contains(word)))
}
