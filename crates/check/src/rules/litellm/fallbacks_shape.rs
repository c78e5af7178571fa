use crate::rules::prelude::*;

rule! {
    /// LiteLLM's fallbacks have the wrong shape.
    ///
    /// They are a list of maps with one key each, whose value is a list. More keys in one map are ignored from the second
    /// on, and another shape stops the proxy at its start.
    ///
    /// ```yaml litellm.yaml bad
    /// model_list: [{ model_name: big, litellm_params: { model: openai/x } }, { model_name: small, litellm_params: { model: openai/y } }]
    /// router_settings: { fallbacks: { big: [small] } }
    /// ```
    ///
    /// ```yaml litellm.yaml good
    /// model_list: [{ model_name: big, litellm_params: { model: openai/x } }, { model_name: small, litellm_params: { model: openai/y } }]
    /// router_settings: { fallbacks: [{ big: [small] }] }
    /// ```
    ///
    /// Tried with LiteLLM: the proxy stops. Source: <https://docs.litellm.ai/docs/proxy/reliability>, read 2026-11-27.
    RULE = "litellm-fallbacks-shape", Error, High, Look::File(&[Kind::LiteLlm], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for fallbacks in super::fallbacks(document) {
        if !fallbacks.is_list() {
            report.at(fallbacks, "fallbacks are a list of maps").help("- big: [small]");
            continue;
        }
        for item in fallbacks.items() {
            let entries = item.entries();
            if entries.len() > 1 {
                report.at(item, "each fallback is a map of its own: of more keys in one, only the first counts");
            } else if let Some((_, value)) = entries.first().filter(|(_, value)| !value.is_list()) {
                report.at(*value, "what comes next is a list, also for one model");
            }
        }
    }
}
