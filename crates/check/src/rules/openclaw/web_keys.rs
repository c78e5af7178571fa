use crate::rules::prelude::*;

use super::section;

rule! {
    /// `readability` is a key that this OpenClaw does not know.
    ///
    /// 2026.2.17 stops at `tools.web.fetch.readability`, at every start; 2026.9.6 takes it.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   openclaw: { image: "ghcr.io/openclaw/openclaw:2026.2.17", init: true, volumes: ["./state:/home/node/.openclaw"] }
    /// ```
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local" }, agents: {}, tools: { web: { fetch: { enabled: true, readability: true } } } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   openclaw: { image: "ghcr.io/openclaw/openclaw:2026.9.6", init: true, volumes: ["./state:/home/node/.openclaw"] }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, agents: {}, tools: { web: { fetch: { enabled: true, readability: true } } } }
    /// ```
    ///
    /// Fix: safe, the key goes. Told for 2026.2.17 alone. Tried with both versions.
    READABILITY = "openclaw-web-fetch-readability", Error, High, Look::File(&[Kind::OpenClaw], readability)
}

rule! {
    /// A key of `tools.web.fetch` that OpenClaw 2026.2.17 does not know.
    ///
    /// It takes `enabled`, `maxChars`, `maxCharsCap`, `timeoutSeconds`, `cacheTtlMinutes`, `maxRedirects` and `userAgent`, and
    /// stops at any other.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   openclaw: { image: "ghcr.io/openclaw/openclaw:2026.2.17", init: true, volumes: ["./state:/home/node/.openclaw"] }
    /// ```
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local" }, agents: {}, tools: { web: { fetch: { enabled: true, timeout: 30 } } } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   openclaw: { image: "ghcr.io/openclaw/openclaw:2026.9.6", init: true, volumes: ["./state:/home/node/.openclaw"] }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, agents: {}, tools: { web: { fetch: { enabled: true, timeoutSeconds: 30 } } } }
    /// ```
    ///
    /// Source: `config.schema` of 2026.2.17; read 2026-11-27.
    KEYS = "openclaw-web-fetch-keys", Error, High, Look::File(&[Kind::OpenClaw], keys)
}

rule! {
    /// A search provider that OpenClaw 2026.2.17 does not have.
    ///
    /// It takes `brave`, `perplexity` and `grok`, and stops at any other name. Later versions have many more.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   openclaw: { image: "ghcr.io/openclaw/openclaw:2026.2.17", init: true, volumes: ["./state:/home/node/.openclaw"] }
    /// ```
    ///
    /// ```json openclaw.json bad
    /// { gateway: { mode: "local" }, agents: {}, tools: { web: { search: { provider: "tavily" } } } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   openclaw: { image: "ghcr.io/openclaw/openclaw:2026.9.6", init: true, volumes: ["./state:/home/node/.openclaw"] }
    /// ```
    ///
    /// ```json openclaw.json good
    /// { gateway: { mode: "local" }, agents: {}, tools: { web: { search: { provider: "tavily" } } } }
    /// ```
    ///
    /// Source: `config.schema` of 2026.2.17; read 2026-11-27.
    PROVIDER = "openclaw-web-search-provider", Error, High, Look::File(&[Kind::OpenClaw], provider)
}

/// The image, where it is the version that these rules are about.
fn image<'a>(project: &Project<'a>, document: &Document) -> Option<Value<'a>> {
    let service = super::service_of(project, document)?;
    let version = service.version()?;
    (version.at_least("2026.2.17") && version.below("2026.2.18")).then(|| service.image_place())
}

fn readability(project: &Project, document: &Document, report: &mut Report) {
    let Some((key, _)) = section(document, "tools.web.fetch").and_then(|fetch| fetch.entry("readability")) else {
        return;
    };
    if let Some(image) = image(project, document) {
        report.at(key, "2026.2.17 does not know this key, and does not start").related(image, "this image");
    }
}

fn keys(project: &Project, document: &Document, report: &mut Report) {
    let known = [
        "enabled",
        "maxChars",
        "maxCharsCap",
        "timeoutSeconds",
        "cacheTtlMinutes",
        "maxRedirects",
        "userAgent",
        "readability",
    ];
    let Some(image) = image(project, document) else { return };
    for (key, _) in section(document, "tools.web.fetch").map(Value::entries).unwrap_or_default() {
        if key.literal().is_some_and(|name| !known.contains(&name)) {
            report.at(key, "2026.2.17 does not know this key, and does not start").related(image, "this image");
        }
    }
}

fn provider(project: &Project, document: &Document, report: &mut Report) {
    let Some(value) = section(document, "tools.web.search.provider") else { return };
    let other = value.literal().is_some_and(|name| !matches!(name, "brave" | "perplexity" | "grok"));
    if let Some(image) = image(project, document).filter(|_| other) {
        report.at(value, "2026.2.17 knows brave, perplexity and grok, and does not start").related(image, "this image");
    }
}
