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
    /// Told for n8n under a stripped path, where all of it is behind it. Source: n8n-io/n8n issue 19635.
    RULE = "caddy-subpath-unsupported", Warning, Medium, Look::File(&[Kind::Caddyfile], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for line in super::all_lines(document).filter(|line| line.word_text(0) == "handle_path") {
        let inner = line.block().into_iter().flat_map(Value::lines);
        let to_n8n = |line: &Value| {
            line.word_text(0) == "reverse_proxy"
                && line.words().any(|word| word.text().is_some_and(|text| text.ends_with(":5678") || text == "n8n"))
        };
        if inner.into_iter().any(|inner| to_n8n(&inner)) {
            report.at(line.word(0).unwrap_or(line), "n8n does not work below a path").help("give it a name of its own");
        }
    }
}
