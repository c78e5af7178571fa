use crate::rules::prelude::*;

rule! {
    /// LiteLLM is given a variable in the shell's way.
    ///
    /// `${OPENAI_API_KEY}` is taken letter by letter and sent to the provider as the key. It writes `os.environ/NAME`.
    ///
    /// ```yaml litellm.yaml bad
    /// model_list: [{ model_name: big, litellm_params: { model: openai/x, api_key: "${OPENAI_API_KEY}" } }]
    /// ```
    ///
    /// ```yaml litellm.yaml good
    /// model_list: [{ model_name: big, litellm_params: { model: openai/x, api_key: os.environ/OPENAI_API_KEY } }]
    /// ```
    ///
    /// Fix: safe. Source: <https://docs.litellm.ai/docs/proxy/configs>; `litellm/proxy/proxy_server.py` of 1.110.2 (read 2026-11-27) resolves
    /// `os.environ/` only.
    RULE = "litellm-shell-var-not-expanded", Error, High, Look::File(&[Kind::LiteLlm], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for value in document.texts() {
        let braced = |text: &'_ str| text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).map(str::to_owned);
        let bare = |text: &'_ str| {
            let name =
                text.strip_prefix('$').filter(|name| name.starts_with(|letter: char| letter.is_ascii_uppercase()))?;
            (!name.bytes().any(|byte| byte.is_ascii_lowercase())).then(|| name.to_owned())
        };
        let name = value.text().and_then(|text| braced(text).or_else(|| bare(text)));
        if let Some(name) = name
            .filter(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && !name.is_empty())
        {
            // Asked only now: it looks through all files.
            if report.findings.is_empty() && is_substituted(project, document) {
                return;
            }
            let finding = report.at(value, "LiteLLM takes this letter by letter");
            let edits = vec![Edit::replace(value, format!("os.environ/{name}"))];
            // A name in small letters is some template's.
            match name.bytes().any(|byte| byte.is_ascii_lowercase()) {
                false => finding.safe_fix(format!("os.environ/{name}"), edits),
                true => finding.unsafe_fix(format!("os.environ/{name}"), edits),
            };
        }
    }
}
