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
    /// Names with wildcards fit what they fit. Tried with LiteLLM 1.108.7, 2026-11-28: it starts, and when the first model
    /// fails: "Fallback to small also failed: … no healthy deployments for this model".
    RULE = "litellm-fallback-unknown-model", Error, High, Look::File(&[Kind::LiteLlm], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let listed: Vec<Value> = find(document, "model_list")
        .into_iter()
        .flat_map(Value::items)
        .filter_map(|model| model.get("model_name"))
        .collect();
    let aliases = ["router_settings.model_group_alias", "litellm_settings.model_alias_map"].into_iter();
    let aliases = aliases.filter_map(|path| find(document, path)).flat_map(Value::entries).map(|(alias, _)| alias);
    let models: Vec<&str> = listed.iter().copied().chain(aliases).filter_map(Value::text).collect();
    // Models may also come from a database, another file or a template.
    if listed.is_empty()
        || listed.iter().any(|name| name.literal().is_none())
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
    // A name that is missing in ten chains is one mistake.
    let mut told: Vec<&str> = Vec::new();
    for fallbacks in super::fallbacks(document) {
        for (_, next) in fallbacks.items().flat_map(Value::entries) {
            for name in next.items() {
                let Some(text) = name.literal().filter(|text| !known(text) && !told.contains(text)) else { continue };
                told.push(text);
                report
                    .at(name, format!("no model has the name `{}`", name.text().unwrap_or_default()))
                    .help(format!("models: {}", models.join(", ")));
            }
        }
    }
}
