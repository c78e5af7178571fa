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
    /// Not told where any file here says `trusted_proxies`, nor of Host where the upstream is a variable or has TLS. Fix: the
    /// line goes, safe where the file with Caddy's global options is among those that are looked at. Source: Caddy documentation, `reverse_proxy`,
    /// "Defaults" (Host passes as it is; X-Forwarded-For, -Proto and -Host are set); read 2026-11-27.
    RULE = "caddy-header-redundant", Info, High, Look::File(&[Kind::Caddyfile], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    // Asked only when there is something to say: these look through all files.
    let mut behind_proxy = None;
    let mut is_whole = None;
    for proxy in super::all_lines(document).filter(|line| line.word_text(0) == "reverse_proxy") {
        let inner: Vec<Value> = proxy.block().into_iter().flat_map(Value::lines).collect();
        let sets = |line: &Value| matches!(line.word_text(0), "header_up" | "request_header");
        for line in inner.iter().filter(|line| line.word_text(0) == "header_up" && line.words().count() == 3) {
            let (name, value) = (line.word_text(1).to_ascii_lowercase(), line.word_text(2));
            let same = match name.as_str() {
                "host" => {
                    matches!(value, "{host}" | "{hostport}" | "{http.request.host}" | "{http.request.hostport}")
                        && hands_host_through(document, proxy, &inner)
                }
                "x-forwarded-proto" => matches!(value, "{scheme}" | "{http.request.scheme}"),
                "x-forwarded-for" => matches!(value, "{remote_host}" | "{http.request.remote.host}"),
                "x-forwarded-host" => matches!(value, "{host}" | "{hostport}" | "{http.request.host}"),
                _ => false,
            };
            // Another line about it, or about all headers, may want this one to have the last word.
            let others = inner.iter().filter(|other| sets(other)).filter(|other| {
                let other = other.word_text(1).trim_start_matches(['+', '-', '>', '?']).to_ascii_lowercase();
                other == name || other.ends_with('*') && name.starts_with(other.trim_end_matches('*'))
            });
            if !same || others.count() > 1 || *behind_proxy.get_or_insert_with(|| trusts_proxies(project)) {
                continue;
            }
            let finding = report.at(*line, "Caddy does this by itself");
            // The line as read goes on to the end of its comment.
            let end = line.words().last().map_or(line.range().end, |word| word.range().end);
            let Some(edit) = Edit::remove_lines(document, line.range().start..end) else { continue };
            match *is_whole.get_or_insert_with(|| is_read_whole(project, document)) {
                true => finding.safe_fix("take the line out", vec![edit]),
                false => finding.unsafe_fix("take the line out", vec![edit]),
            };
        }
    }
}

/// Behind a proxy that is trusted Caddy hands its headers on, and such a line means another value. What is trusted is said
/// once, and counts in every file that is imported.
fn trusts_proxies(project: &Project) -> bool {
    let files = [Kind::Caddyfile, Kind::Other].into_iter().flat_map(|kind| project.of_kind(kind));
    files.into_iter().any(|file| file.text.contains("trusted_proxies"))
}

/// Whether all that says how Caddy runs is here: a file that another one imports has its global options there.
fn is_read_whole(project: &Project, document: &Document) -> bool {
    let imports = |file: &Document| super::all_lines(file).any(|line| line.word_text(0) == "import");
    let is_start = |file: &Document| file.file_name().starts_with("Caddyfile");
    match is_start(document) {
        true => !imports(document) || project.of_kind(Kind::Caddyfile).count() > 1,
        false => project.of_kind(Kind::Caddyfile).any(|file| is_start(file) && imports(file)),
    }
}

/// To an upstream with TLS Caddy 2.11 sends the upstream's own name as Host; where a variable or a snippet's argument is the
/// upstream, or a snippet says how it is spoken to, that may be one.
fn hands_host_through(document: &Document, proxy: Value, inner: &[Value]) -> bool {
    let text = &document.text[proxy.range()];
    let upstreams = inner.iter().filter(|line| line.word_text(0) == "to").flat_map(|line| line.words());
    let is_open = proxy.words().chain(upstreams).any(|word| word.written().contains(['{', '$']));
    let brings = inner.iter().any(|line| matches!(line.word_text(0), "import" | "dynamic"));
    !is_open && !brings && !text.contains("https://") && !text.contains("tls")
}
