use crate::rules::prelude::*;

use crate::rules::caddy::all_lines;

rule! {
    /// The gateway's page looks for itself elsewhere than the proxy serves it.
    ///
    /// `gateway.controlUi.basePath` has to be the path under which visitors come. With a `handle /openclaw/*` that keeps the path
    /// and another basePath the page answers 404.
    ///
    /// ```caddy Caddyfile bad
    /// example.org {
    ///     handle /openclaw/* {
    ///         reverse_proxy openclaw:18789
    ///     }
    /// }
    /// ```
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local", trustedProxies: ["172.30.0.1"], controlUi: { basePath: "/ui" } }, agents: {} }
    /// ```
    ///
    /// ```caddy Caddyfile good
    /// example.org {
    ///     handle /openclaw/* {
    ///         reverse_proxy openclaw:18789
    ///     }
    /// }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local", trustedProxies: ["172.30.0.1"], controlUi: { basePath: "/openclaw" } }, agents: {} }
    /// ```
    ///
    /// Source: OpenClaw 2026.9.6 `docs/web/control-ui.md` (`gateway.controlUi.basePath`); read 2026-11-28. That the page is
    /// 404 elsewhere was one production incident, not tried by piton.
    RULE = "openclaw-base-path", Warning, High, Look::File(&[Kind::OpenClaw], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let Some(place) = super::section(document, "gateway.controlUi.basePath") else { return };
    let Some(mine) = place.literal().map(|path| path.trim_matches('/')) else { return };
    for file in project.of_kind(Kind::Caddyfile).filter(|file| Project::are_related(file, document)) {
        let mut ways = all_lines(file).filter(|line| {
            let inner = line.block().into_iter().flat_map(Value::lines);
            line.word_text(0) == "handle" && line.word_text(1).starts_with('/') && inner.into_iter().any(to_gateway)
        });
        // More than one way in, or one without a path, and it is not known which one is meant.
        let (Some(way), None) = (ways.next(), ways.next()) else { continue };
        let path = way.word_text(1).trim_end_matches('*').trim_matches('/');
        if all_lines(file).filter(|line| to_gateway(*line)).count() == 1 && path != mine {
            report
                .at(place, format!("visitors come under /{path}, and the page looks for itself under /{mine}"))
                .related(way.word(1).unwrap_or(way), "this is how the proxy leads to it");
        }
    }
}

fn to_gateway(line: Value) -> bool {
    line.word_text(0) == "reverse_proxy" && line.words().filter_map(Value::text).any(|word| word.ends_with(":18789"))
}
