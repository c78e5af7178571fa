use crate::rules::prelude::*;

rule! {
    /// A program that cannot live below a path is put below one.
    ///
    /// n8n, LiteLLM's admin page and Qdrant's dashboard load their files from the root. Below a path they come up half, and
    /// websockets and logins fail.
    ///
    /// ```caddy Caddyfile bad
    /// example.org {
    ///     handle_path /n8n/* {
    ///         reverse_proxy n8n:5678
    ///     }
    /// }
    /// ```
    ///
    /// ```caddy Caddyfile good
    /// n8n.example.org {
    ///     reverse_proxy n8n:5678
    /// }
    /// example.org {
    ///     handle_path /api/* {
    ///         reverse_proxy litellm:4000
    ///     }
    ///     handle /webhook/* {
    ///         reverse_proxy n8n:5678
    ///     }
    /// }
    /// ```
    ///
    /// Told for n8n, where the path is none of its own. Source: n8n-io/n8n issue 19635 (open; "cannot actually run on a subpath
    /// without fragile proxy rewrites"), n8n-docs pull request 4050; read 2026-11-28. Not verified: LiteLLM and Qdrant.
    RULE = "caddy-subpath-unsupported", Warning, Medium, Look::File(&[Kind::Caddyfile], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for site in document.root().lines() {
        // `@flows path /n8n/*` gives a path another name.
        let matchers: Vec<Value> = super::inside(site)
            .filter(|line| line.word_text(0).starts_with('@') && line.word_text(1) == "path")
            .collect();
        for line in super::inside(site) {
            let given = line.word_text(1);
            let named = || matchers.iter().find(|matcher| matcher.word_text(0) == given);
            let path = if given.starts_with('@') { named().map_or("", |matcher| matcher.word_text(2)) } else { given };
            let reaches = match line.word_text(0) {
                "handle_path" | "handle" | "route" => {
                    line.block().into_iter().flat_map(Value::lines).any(|inner| is_to_n8n(&inner))
                }
                "reverse_proxy" => is_to_n8n(&line),
                _ => false,
            };
            if reaches && is_below(path) {
                report
                    .at(line.word(0).unwrap_or(line), "n8n does not work below a path")
                    .help("give it a name of its own");
            }
        }
    }
}

fn is_to_n8n(line: &Value) -> bool {
    let is_n8n = |text: &str| text.ends_with(":5678") || text.rsplit("//").next() == Some("n8n");
    line.word_text(0) == "reverse_proxy" && line.words().filter_map(Value::text).any(is_n8n)
}

/// Whether a path is none of n8n's own, such as those of its webhooks.
fn is_below(path: &str) -> bool {
    let own =
        ["webhook", "form", "rest", "healthz", "metrics", "api", "mcp", "assets", "static", "signin", "types", "icons"];
    let first = path.strip_prefix('/').and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let first = first.trim_end_matches('*');
    !first.is_empty() && !own.iter().any(|name| first.starts_with(name))
}
