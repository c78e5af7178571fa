use crate::rules::prelude::*;

use super::all_lines;

rule! {
    /// Who is refused gets the answer "200 OK".
    ///
    /// `respond` without a status says 200. Probes, caches and whoever reads the log take the refusal for a success; `error
    /// @matcher 403` says what it is, and `handle_errors` can still show a page.
    ///
    /// ```caddy Caddyfile bad
    /// admin.example.org {
    ///     @outside not remote_ip 100.64.0.0/10
    ///     respond @outside "VPN only"
    ///     reverse_proxy app:8080
    /// }
    /// ```
    ///
    /// ```caddy Caddyfile good
    /// admin.example.org {
    ///     @outside not remote_ip 100.64.0.0/10
    ///     respond @outside "VPN only" 403
    ///     reverse_proxy app:8080
    /// }
    /// ```
    ///
    /// Tried with Caddy 2.6.2, 2026-11-28: 200. Source: Caddy documentation, `respond` ("Default: `200`"); `staticresp.go`.
    RULE = "caddy-error-page-200", Warning, High, Look::File(&[Kind::Caddyfile], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let outsiders: Vec<&str> = all_lines(document)
        .filter(|line| line.word_text(0).starts_with('@'))
        .filter(|line| {
            let words = line.words().chain(line.block().into_iter().flat_map(Value::lines).flat_map(Value::words));
            let words: Vec<&str> = words.filter_map(Value::text).collect();
            words.windows(2).any(|pair| pair[0] == "not" && matches!(pair[1], "remote_ip" | "client_ip"))
        })
        .map(|line| line.word_text(0))
        .collect();
    for line in all_lines(document).filter(|line| line.word_text(0) == "respond" && line.block().is_none()) {
        if !outsiders.contains(&line.word_text(1)) {
            continue;
        }
        let given: Vec<&str> = line.words().skip(2).filter_map(Value::text).collect();
        let says_ok = match given.as_slice() {
            [one] => *one == "200" || !is_status(one) && !one.starts_with('{'),
            [_, status] => *status == "200",
            _ => false,
        };
        if says_ok {
            report
                .at(line, "this refusal is answered with 200")
                .help(format!("error {} 403, or a status behind the text", line.word_text(1)));
        }
    }
}

fn is_status(word: &str) -> bool {
    word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit())
}
