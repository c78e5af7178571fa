use crate::rules::prelude::*;

rule! {
    /// LiteLLM's fallbacks have the wrong shape.
    ///
    /// They are a list of maps with exactly one key each, the model, whose value is the list of what comes next. Anything else stops
    /// the proxy at its start: "must have exactly one key".
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
    /// Fix: unsafe, `- model: big` with `fallback_models: [small]` becomes `- big: [small]`. Tried with LiteLLM: the proxy stops.
    /// Source: <https://docs.litellm.ai/docs/proxy/reliability>; `litellm/router.py`, validate_fallbacks; read 2026-11-27.
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
                let finding =
                    report.at(item, "LiteLLM does not start: a fallback is a map with exactly one key, the model");
                let next = item.get("fallback_models").or_else(|| item.get("fallbacks")).filter(|next| next.is_list());
                let rewritten = item.get("model").and_then(Value::literal).zip(next).filter(|_| entries.len() == 2);
                match rewritten {
                    Some((model, next)) => {
                        let models: Vec<&str> = next.items().filter_map(Value::literal).collect();
                        let text = format!("{{ {model}: [{}] }}", models.join(", "));
                        let plain = models.len() == next.items().count()
                            && models.iter().chain([&model]).all(|name| name.bytes().all(is_plain));
                        match plain {
                            true => finding.unsafe_fix(text.clone(), vec![Edit::replace(item, text)]),
                            false => finding.help("- big: [small]"),
                        }
                    }
                    None => finding.help("one `- big: [small]` for each model"),
                };
            } else if let Some((_, value)) = entries.first().filter(|(_, value)| !value.is_list()) {
                report.at(*value, "what comes next is a list, also for one model");
            }
        }
    }
}

/// What YAML takes as it is.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_./".contains(&byte)
}
