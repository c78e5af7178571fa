use crate::rules::prelude::*;

rule! {
    /// A fallback leads to a model that is not configured.
    ///
    /// It is looked up by `model_name`. When the first model fails, so does the second, and the user gets the error that the
    /// fallback was there to avoid.
    ///
    /// ```yaml litellm.yaml bad
    /// model_list: [{ model_name: big, litellm_params: { model: openai/x } }]
    /// router_settings: { fallbacks: [{ big: [small] }] }
    /// ```
    ///
    /// ```yaml litellm.yaml good
    /// model_list: [{ model_name: big, litellm_params: { model: openai/x } }, { model_name: small, litellm_params: { model: openai/y } }]
    /// router_settings: { fallbacks: [{ big: [small] }] }
    /// ```
    ///
    /// Names with wildcards fit what they fit. Source: <https://docs.litellm.ai/docs/proxy/reliability>.
    /// Tried with LiteLLM 1.106.2: it starts, and the fallback fails when it is needed.
    RULE = "litellm-fallback-unknown-model", Error, High, Look::File(&[Kind::LiteLlm], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let models: Vec<&str> = find(document, "model_list")
        .into_iter()
        .flat_map(Value::items)
        .filter_map(|model| model.get("model_name")?.text())
        .collect();
    // Models may also come from a database or another file.
    if models.is_empty()
        || models.contains(&"*")
        || find(document, "include").is_some()
        || find(document, "general_settings.store_model_in_db").is_some_and(Value::is_true)
    {
        return;
    }
    let known = |name: &str| {
        models
            .iter()
            .any(|model| *model == name || model.strip_suffix('*').is_some_and(|start| name.starts_with(start)))
    };
    for fallbacks in super::fallbacks(document) {
        for (_, next) in fallbacks.items().flat_map(Value::entries) {
            for name in next.items().filter(|name| name.literal().is_some_and(|text| !known(text))) {
                report
                    .at(name, format!("no model has the name `{}`", name.text().unwrap_or_default()))
                    .help(format!("models: {}", models.join(", ")));
            }
        }
    }
}
