use crate::rules::prelude::*;

rule! {
    /// Qdrant's key stands in its configuration.
    ///
    /// The file is in git and in the image's mounts. `QDRANT__SERVICE__API_KEY` comes from the environment.
    ///
    /// ```yaml qdrant/production.yaml bad
    /// service: { api_key: 0f1e2d3c4b5a69788796a5b4c3d2e1f0 }
    /// ```
    ///
    /// ```yaml qdrant/production.yaml good
    /// service: { enable_tls: false }
    /// ```
    ///
    /// Source: Qdrant `src/settings.rs` (`Environment::with_prefix("QDRANT").separator("__")`, laid over the files); read
    /// 2026-11-28.
    RULE = "qdrant-api-key-in-yaml", Warning, High, Look::File(&[Kind::Qdrant], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    if let Some(key) = find(document, "service.api_key")
        .filter(|key| key.literal().is_some_and(super::env_inline_secret::is_secret_value))
    {
        report.at(key, "the key stands in a file that is shared").help("QDRANT__SERVICE__API_KEY in the environment");
    }
}
