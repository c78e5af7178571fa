use crate::rules::prelude::*;

rule! {
    /// Node is told to require a file that is a module.
    ///
    /// `--require` loads CommonJS. In a package of `"type": "module"` a `.js` file is none: `require is not defined`. Name it
    /// `.cjs`, or use `--import`.
    ///
    /// ```docker Dockerfile bad
    /// FROM ghcr.io/openclaw/openclaw:2026.9.6
    /// ENV NODE_OPTIONS="--require /app/otel.js"
    /// ```
    ///
    /// ```docker Dockerfile good
    /// FROM ghcr.io/openclaw/openclaw:2026.9.6
    /// ENV NODE_OPTIONS="--require /app/otel.cjs"
    /// ```
    ///
    /// Told for OpenClaw, whose package is a module. Source: Node.js documentation, `--require`.
    RULE = "node-require-not-cjs", Warning, Medium, Look::File(&[Kind::Dockerfile, Kind::Env], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if !document.text.to_ascii_lowercase().contains("openclaw") {
        return;
    }
    for (range, line) in
        document.lines().filter(|(_, line)| line.contains("NODE_OPTIONS") && !line.trim_start().starts_with('#'))
    {
        let Some(at) = line.find("--require") else { continue };
        let file = line[at + 9..].trim_start_matches(['=', ' ']).split([' ', '"', '\'']).next().unwrap_or_default();
        if file.ends_with(".js") && file.contains('/') {
            report.at((document, range.start + at..range.end), "in a package of modules this file must be called .cjs");
        }
    }
}
