use crate::rules::prelude::*;

use super::{inside, sites};

rule! {
    /// A directive that Caddy does not know, and that is nearly one that it does.
    ///
    /// Caddy stops at "unrecognized directive", and with it every site. What is far from every word of Caddy's is taken for a
    /// plugin's.
    ///
    /// ```caddy Caddyfile bad
    /// example.org {
    ///     reverse_proxi app:8080
    /// }
    /// ```
    ///
    /// ```caddy Caddyfile good
    /// example.org {
    ///     reverse_proxy app:8080
    ///     rate_limit {
    ///         distributed
    ///     }
    /// }
    /// ```
    ///
    /// A file for Caddy 1 is told once, at its first such line. Source: Caddy documentation, "Caddyfile Directives" and "v2 upgrade". Tried with Caddy 2.6.2,
    /// 2026-11-27: "unrecognized directive: reverse_proxi".
    RULE = "caddy-unknown-directive", Error, High, Look::File(&[Kind::Caddyfile], check)
}

/// What may stand at the top of a site in the Caddy that everybody has.
const DIRECTIVES: [&str; 38] = [
    "abort",
    "acme_server",
    "basic_auth",
    "basicauth",
    "bind",
    "encode",
    "error",
    "file_server",
    "forward_auth",
    "fs",
    "handle",
    "handle_errors",
    "handle_path",
    "header",
    "import",
    "intercept",
    "invoke",
    "log",
    "log_append",
    "log_name",
    "log_skip",
    "map",
    "method",
    "metrics",
    "php_fastcgi",
    "push",
    "redir",
    "request_body",
    "request_header",
    "respond",
    "reverse_proxy",
    "rewrite",
    "root",
    "route",
    "skip_log",
    "templates",
    "tls",
    "try_files",
];

/// Directives whose blocks hold directives.
const HOLDERS: [&str; 4] = ["handle", "handle_path", "route", "handle_errors"];

/// Where a file begins to be one for Caddy 1, which nobody gets any more.
fn of_caddy_1(document: &Document) -> Option<Value<'_>> {
    let lines = sites(document).flat_map(|site| site.block().into_iter().flat_map(Value::lines));
    let mut words = lines.filter_map(|line| line.word(0));
    words.find(|word| matches!(word.literal(), Some("proxy" | "fastcgi" | "gzip" | "errors")))
}

/// The major version of Caddy that a service around the file runs; none where there is no such service.
fn major_around(project: &Project, document: &Document) -> Option<u64> {
    project.services().filter(|service| Project::are_related(service.document, document)).find_map(|service| {
        let image = service.image.as_ref()?;
        match image.repository.as_str() {
            "stefanprodan/caddy" | "abiosoft/caddy" => Some(1),
            _ if service.is("caddy") => Some(service.version().map_or(2, |version| version.major())),
            _ => None,
        }
    })
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    if let Some(word) = of_caddy_1(document) {
        let major = major_around(project, document);
        if major != Some(1) {
            let finding = report.at(word, "this is written for Caddy 1; Caddy 2 does not start with it");
            finding.help("<https://caddyserver.com/docs/v2-upgrade> says what each line became");
            if major.is_none() {
                finding.severity(Severity::Info).note("which Caddy reads it is not known here");
            }
        }
        return;
    }
    let mut waiting: Vec<Value> = sites(document).collect();
    let others = ["tracing", "uri", "vars", "rate_limit", "cache", "layer4", "crowdsec", "authorize", "authenticate"];
    // `order` makes a plugin's word a directive.
    let named = |word: &str| {
        document
            .root()
            .lines()
            .filter(|line| line.word(0).is_none())
            .flat_map(inside)
            .any(|line| line.word_text(0) == "order" && line.word_text(1) == word)
    };
    while let Some(holder) = waiting.pop() {
        for line in holder.block().into_iter().flat_map(Value::lines) {
            let Some(word) = line.word(0) else { continue };
            let Some(text) = word.literal() else { continue };
            if HOLDERS.contains(&text) {
                waiting.push(line);
            }
            let odd = text.starts_with(['@', '{', '(', '&', '#']) || text.len() < 5 || word.is_quoted();
            if odd || DIRECTIVES.contains(&text) || others.contains(&text) || named(text) {
                continue;
            }
            if let Some(near) = DIRECTIVES.iter().find(|known| known.len() > 3 && differs_by_little(text, known)) {
                report.at(word, format!("Caddy does not know `{text}`, and does not start")).help(format!("`{near}`?"));
            }
        }
    }
}

/// Whether one letter was put in, left out, changed, or swapped with its neighbour.
fn differs_by_little(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let start = left.iter().zip(right).take_while(|(left, right)| left == right).count();
    let (left, right) = (&left[start..], &right[start..]);
    let end = left.iter().rev().zip(right.iter().rev()).take_while(|(left, right)| left == right).count();
    let (left, right) = (&left[..left.len() - end], &right[..right.len() - end]);
    match (left, right) {
        ([_], [] | [_]) | ([], [_]) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}
