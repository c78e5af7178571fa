use crate::rules::prelude::*;

rule! {
    /// A model that writes its tool calls into the text, by way of OpenRouter.
    ///
    /// Kimi K2 marks tool calls with words of its own (`<|tool_call_begin|>`). Not every provider behind OpenRouter takes them
    /// out: the agent sees text instead of a call, and does nothing.
    ///
    /// ```yaml litellm.yaml bad
    /// model_list: [{ model_name: agent, litellm_params: { model: openrouter/moonshotai/kimi-k2, api_key: os.environ/OPENROUTER_API_KEY } }]
    /// ```
    ///
    /// ```yaml litellm.yaml good
    /// model_list: [{ model_name: agent, litellm_params: { model: openrouter/qwen/qwen3-coder, api_key: os.environ/OPENROUTER_API_KEY } }]
    /// ```
    ///
    /// It depends on the provider and on the day, so it is information. Source: NousResearch/hermes-agent issue 24534 (May 2026),
    /// MoonshotAI/Kimi-K2 issue 89; read 2026-11-27.
    RULE = "litellm-model-known-bad", Info, Low, Look::File(&[Kind::LiteLlm], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for model in find(document, "model_list").into_iter().flat_map(Value::items) {
        let Some(name) = model.path("litellm_params.model") else { continue };
        if name.literal().is_some_and(|text| text.starts_with("openrouter/moonshotai/kimi-k2")) {
            report
                .at(name, "with some providers its tool calls come as text")
                .help("try it with one tool before agents use it");
        }
    }
}
