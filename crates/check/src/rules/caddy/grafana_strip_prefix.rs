use crate::rules::prelude::*;

rule! {
    /// Caddy takes away the path that Grafana expects.
    ///
    /// With `GF_SERVER_SERVE_FROM_SUB_PATH=true` Grafana wants to see `/grafana/…`. `handle_path` strips it, Grafana redirects to
    /// where it thinks it is, and the browser goes round in circles.
    ///
    /// ```caddy Caddyfile bad
    /// example.org {
    ///     handle_path /grafana/* {
    ///         reverse_proxy grafana:3000
    ///     }
    /// }
    /// ```
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   grafana:
    ///     image: grafana/grafana:12.2.0
    ///     environment: { GF_SERVER_SERVE_FROM_SUB_PATH: "true", GF_SERVER_ROOT_URL: "https://example.org/grafana/" }
    /// ```
    ///
    /// ```caddy Caddyfile good
    /// example.org {
    ///     handle /grafana/* {
    ///         reverse_proxy grafana:3000
    ///     }
    /// }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   grafana:
    ///     image: grafana/grafana:12.2.0
    ///     environment: { GF_SERVER_SERVE_FROM_SUB_PATH: "true", GF_SERVER_ROOT_URL: "https://example.org/grafana/" }
    /// ```
    ///
    /// Fix: `handle`, safe where nothing but Grafana is in the block. Source: grafana/grafana pull request 66724 (what comes without the path is sent
    /// to it, so a proxy that strips it gets the redirect again); read 2026-11-27.
    RULE = "caddy-grafana-strip-prefix", Error, High, Look::File(&[Kind::Caddyfile], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let near = |service: &&crate::compose::Service| {
        service.document.folder().starts_with(document.folder())
            || document.folder().starts_with(service.document.folder())
    };
    let Some(grafana) = project.services().filter(near).find(|service| {
        service.is("grafana")
            && service.variable("GF_SERVER_SERVE_FROM_SUB_PATH").and_then(|variable| variable.value.as_deref())
                == Some("true")
    }) else {
        return;
    };
    let is_to_grafana = |inner: &Value| {
        inner.word_text(0) == "reverse_proxy"
            && inner.words().any(|word| {
                word.text().is_some_and(|text| {
                    text.rsplit("//").next().unwrap_or(text).starts_with(&format!("{}:3000", grafana.name))
                })
            })
    };
    let what = "this takes away the path that Grafana serves below";
    for line in super::all_lines(document).filter(|line| line.block().is_some()) {
        let inner: Vec<Value> = line.block().into_iter().flat_map(Value::lines).collect();
        if !inner.iter().any(is_to_grafana) {
            continue;
        }
        let strips = inner.iter().find(|inner| inner.word_text(0) == "uri" && inner.word_text(1) == "strip_prefix");
        match line.word(0) {
            Some(word) if word.text() == Some("handle_path") => {
                let finding = report.at(word, what).related(grafana.key, "this Grafana serves below a path");
                let edits = vec![Edit::replace(word, "handle")];
                // What else stands in the block gets the path as well.
                match inner.iter().all(is_to_grafana) {
                    true => finding.safe_fix("handle", edits),
                    false => finding.unsafe_fix("handle", edits),
                };
            }
            _ => {
                if let Some(strips) = strips {
                    report.at(*strips, what).related(grafana.key, "this Grafana serves below a path");
                }
            }
        }
    }
}
