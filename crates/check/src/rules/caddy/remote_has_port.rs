use crate::rules::prelude::*;

rule! {
    /// A header with the visitor's address gets the port as well.
    ///
    /// `{remote}` is `203.0.113.7:51234`. Programs that read X-Real-IP as an address do not understand it, or count each
    /// connection as somebody else. `{remote_host}` is the address.
    ///
    /// ```caddy Caddyfile bad
    /// example.org {
    ///     reverse_proxy app:8080 {
    ///         header_up X-Real-IP {remote}
    ///     }
    /// }
    /// ```
    ///
    /// ```caddy Caddyfile good
    /// example.org {
    ///     reverse_proxy app:8080 {
    ///         header_up X-Real-IP {remote_host}
    ///     }
    /// }
    /// ```
    ///
    /// Fix: safe. Source: Caddy documentation, "Caddyfile concepts",
    /// placeholders (`{remote}` is `{http.request.remote}`, beside `{remote_host}` and `{remote_port}`); read 2026-11-27.
    RULE = "caddy-remote-has-port", Warning, High, Look::File(&[Kind::Caddyfile], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for line in super::all_lines(document).filter(|line| line.word_text(0) == "header_up") {
        let header = line.word_text(1).trim_start_matches(['+', '>', '?']).to_ascii_lowercase();
        if !matches!(header.as_str(), "x-real-ip" | "x-forwarded-for") {
            continue;
        }
        if let Some(word) =
            line.word(2).filter(|word| matches!(word.text(), Some("{remote}" | "{http.request.remote}")))
        {
            report
                .at(word, "this is the address and the port")
                .safe_fix("{remote_host}", vec![Edit::replace(word, "{remote_host}")]);
        }
    }
}
