use crate::rules::prelude::*;
use piton_config::nearest;

rule! {
    /// A section that LiteLLM does not know.
    ///
    /// The proxy reads the sections it knows and says nothing of others: with `model_lst` it starts, and has no models.
    ///
    /// ```yaml litellm.yaml bad
    /// model_lst: [{ model_name: big, litellm_params: { model: openai/x } }]
    /// litellm_settings: { drop_params: true }
    /// ```
    ///
    /// ```yaml litellm.yaml good
    /// model_list: [{ model_name: big, litellm_params: { model: openai/x } }]
    /// litellm_settings: { drop_params: true }
    /// ```
    ///
    /// Told is what is nearly a known section. Tried with LiteLLM 1.108.7, 2026-11-28: it starts, and `/v1/models` is an
    /// empty list.
    RULE = "litellm-unknown-key", Error, High, Look::File(&[Kind::LiteLlm], check)
}

const KNOWN: [&str; 20] = [
    "agent_list",
    "assistant_settings",
    "callback_settings",
    "credential_list",
    "environment_variables",
    "files_settings",
    "finetune_settings",
    "general_settings",
    "guardrails",
    "include",
    "litellm_settings",
    "mcp_aliases",
    "mcp_servers",
    "mcp_tools",
    "model_list",
    "prompts",
    "router_settings",
    "search_tools",
    "vector_store_registry",
    "worker_registry",
];

fn check(_: &Project, document: &Document, report: &mut Report) {
    for (key, _) in document.root().entries() {
        let Some(name) = key.literal().filter(|name| !KNOWN.contains(name)) else { continue };
        if let Some(meant) = nearest(name, KNOWN) {
            report
                .at(key, format!("LiteLLM does not know `{name}`, and starts without it"))
                .help(format!("did you mean `{meant}`?"));
        }
    }
}
