use crate::rules::prelude::*;

rule! {
    /// A header is set to what Caddy sends anyway.
    ///
    /// `reverse_proxy` hands Host through and sets X-Forwarded-For, -Proto and -Host. Caddy warns about such lines at each
    /// start, and they hide the ones that matter.
    ///
    /// ```caddy Caddyfile bad
    /// example.org {
    ///     reverse_proxy app:8080 {
    ///         header_up X-Forwarded-Proto {scheme}
    ///     }
    /// }
    /// ```
    ///
    /// ```caddy Caddyfile good
    /// example.org {
    ///     reverse_proxy app:8080
    /// }
    /// ```
    ///
    /// Fix: safe, the line goes. Source: Caddy documentation, `reverse_proxy`, "Defaults"; read 2026-11-27.
    RULE = "caddy-header-redundant", Info, High, Look::File(&[Kind::Caddyfile], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for line in super::all_lines(document).filter(|line| line.word_text(0) == "header_up") {
        let (name, value) = (line.word_text(1).to_ascii_lowercase(), line.word_text(2));
        let same = match name.as_str() {
            "host" => matches!(value, "{host}" | "{hostport}" | "{http.request.host}" | "{http.request.hostport}"),
            "x-forwarded-proto" => matches!(value, "{scheme}" | "{http.request.scheme}"),
            "x-forwarded-for" => matches!(value, "{remote_host}" | "{http.request.remote.host}"),
            "x-forwarded-host" => matches!(value, "{host}" | "{hostport}" | "{http.request.host}"),
            _ => false,
        };
        if same && line.words().count() == 3 {
            let alone = document.text
                [document.text[..line.range().start].rfind('\n').map_or(0, |newline| newline + 1)..line.range().start]
                .trim()
                .is_empty();
            let finding = report.at(line, "Caddy does this by itself");
            // Where it is all that the block has, taking it out would leave an empty one, which is fine to Caddy.
            if alone {
                finding.safe_fix("take the line out", vec![Edit::remove_lines(document, line.range())]);
            }
        }
    }
}
