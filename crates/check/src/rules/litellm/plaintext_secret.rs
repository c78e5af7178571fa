use crate::rules::prelude::*;

rule! {
    /// A key stands in LiteLLM's file.
    ///
    /// `os.environ/NAME` is read when the proxy starts, so the file can be shared and the key cannot be read from it.
    ///
    /// ```yaml litellm.yaml bad
    /// model_list: [{ model_name: big, litellm_params: { model: openai/x, api_key: sk-abcdefghijklmnop0123 } }]
    /// ```
    ///
    /// ```yaml litellm.yaml good
    /// model_list: [{ model_name: big, litellm_params: { model: openai/x, api_key: os.environ/OPENAI_API_KEY } }]
    /// ```
    ///
    /// Source: <https://docs.litellm.ai/docs/proxy/configs>, read 2026-11-27.
    RULE = "litellm-plaintext-secret", Warning, High, Look::File(&[Kind::LiteLlm], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for (key, value) in document.maps().flat_map(Value::entries) {
        let secret = matches!(
            key.text(),
            Some("api_key" | "master_key" | "database_url" | "salt_key" | "aws_secret_access_key")
        );
        let Some(text) = value.literal().filter(|_| secret) else { continue };
        let dummy = is_dummy_key(text)
            || ["ollama", "local", "empty", "noauth", "no-auth", "no_auth", "none"]
                .iter()
                .any(|word| text.to_ascii_lowercase().contains(word));
        if !text.starts_with("os.environ")
            && text.len() >= 8
            && !dummy
            && crate::rules::compose::env_inline_secret::is_secret_value(text)
        {
            report.at(value, format!("{} stands in the file", key.text().unwrap_or_default())).help("os.environ/NAME");
        }
    }
}
