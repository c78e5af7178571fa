use crate::rules::prelude::*;

rule! {
    /// LiteLLM's `/health` is asked without a key.
    ///
    /// With a master key, `/health` answers 401; with one, it calls every model that is configured, each time, for
    /// money. `/health/liveliness` and `/health/readiness` need no key and call nobody.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   litellm:
    ///     image: ghcr.io/berriai/litellm:v1.80.0
    ///     environment: { LITELLM_MASTER_KEY: "${LITELLM_MASTER_KEY}" }
    ///     healthcheck:
    ///       test: ["CMD", "python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:4000/health')"]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   litellm:
    ///     image: ghcr.io/berriai/litellm:v1.80.0
    ///     environment: { LITELLM_MASTER_KEY: "${LITELLM_MASTER_KEY}" }
    ///     healthcheck:
    ///       test: ["CMD", "python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:4000/health/liveliness')"]
    /// ```
    ///
    /// Fix: safe where the file shows that there is a key. Source: <https://docs.litellm.ai/docs/proxy/health>, read 2026-11-27.
    RULE = "compose-healthcheck-litellm-auth", Error, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let Some(health) = service.health().filter(|_| service.is("litellm")) else { return };
    let bare = |sign: char| format!(":4000/health{sign}");
    let asks = ['"', '\'', ' ', ')'].iter().any(|sign| health.command.contains(&bare(*sign)))
        || health.command.ends_with(":4000/health");
    if !asks || health.command.contains("Bearer") {
        return;
    }
    let new = |item: &Value| reworded(item.written(), ":4000/health", ":4000/health/liveliness");
    let edits = health.test.one_or_many().into_iter().filter_map(|item| Some(Edit::replace(item, new(&item)?)));
    let edits: Vec<Edit> = edits.collect();
    let finding = report
        .at(health.test, "`/health` wants the master key and calls every model; a probe has neither to spare")
        .help("ask /health/liveliness");
    // Without a key it answers, and somebody may want to hear of the models.
    match (edits.is_empty(), service.variable("LITELLM_MASTER_KEY").is_some()) {
        (true, _) => finding,
        (_, true) => finding.safe_fix("ask /health/liveliness", edits),
        (_, false) => finding.unsafe_fix("ask /health/liveliness", edits),
    };
}
