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
    /// Fix: safe, the line goes. Source: Caddy documentation, `reverse_proxy`,
    /// "Defaults" (Host passes as it is; X-Forwarded-For, -Proto and -Host are set); read 2026-11-27.
    RULE = "caddy-header-redundant", Info, High, Look::File(&[Kind::Caddyfile], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    // Behind a proxy that is trusted Caddy hands its headers on, and a line here means another value.
    let behind_proxy = document.text.contains("trusted_proxies");
    for proxy in super::all_lines(document).filter(|line| line.word_text(0) == "reverse_proxy" && !behind_proxy) {
        let inner: Vec<Value> = proxy.block().into_iter().flat_map(Value::lines).collect();
        // To an upstream with TLS Caddy 2.11 sends the upstream's own name as Host.
        let tls = document.text[proxy.range()].contains("https://") || document.text[proxy.range()].contains("tls");
        for line in inner.iter().filter(|line| line.word_text(0) == "header_up" && line.words().count() == 3) {
            let (name, value) = (line.word_text(1).to_ascii_lowercase(), line.word_text(2));
            let same = match name.as_str() {
                "host" => {
                    !tls && matches!(value, "{host}" | "{hostport}" | "{http.request.host}" | "{http.request.hostport}")
                }
                "x-forwarded-proto" => matches!(value, "{scheme}" | "{http.request.scheme}"),
                "x-forwarded-for" => matches!(value, "{remote_host}" | "{http.request.remote.host}"),
                "x-forwarded-host" => matches!(value, "{host}" | "{hostport}" | "{http.request.host}"),
                _ => false,
            };
            if same {
                report
                    .at(*line, "Caddy does this by itself")
                    .safe_fix("take the line out", vec![Edit::remove_lines(document, line.range())]);
            }
        }
    }
}
