use crate::rules::prelude::*;

rule! {
    /// A workflow asks for a header by its capital letters.
    ///
    /// n8n hands headers over in lower case: `headers['X-Signature']` is always undefined, and a check on it always fails, or
    /// always passes.
    ///
    /// ```json flow.json bad
    /// { "nodes": [{ "type": "n8n-nodes-base.code", "parameters": { "jsCode": "return $json.headers['X-Signature'];" } }], "connections": {} }
    /// ```
    ///
    /// ```json flow.json good
    /// { "nodes": [{ "type": "n8n-nodes-base.code", "parameters": { "jsCode": "return $json.headers['x-signature'];" } }], "connections": {} }
    /// ```
    ///
    /// Tried with n8n 2.8.4, 2026-11-28: behind a Webhook node `headers['X-Signature']` is undefined and
    /// `headers['x-signature']` is what was sent.
    RULE = "n8n-header-case", Error, High, Look::File(&[Kind::N8nWorkflow], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for value in document.texts() {
        let Some(text) = value.text().filter(|text| text.contains("headers[")) else { continue };
        for (at, _) in text.match_indices("headers[") {
            let name = text[at + 8..]
                .trim_start_matches(['\'', '"', '`'])
                .split(['\'', '"', '`', ']'])
                .next()
                .unwrap_or_default();
            // Only of what came in: headers that a node makes for a request of its own are as it writes them.
            let came_in = text[..at].ends_with("json.");
            let literal = came_in && text[at + 8..].starts_with(['\'', '"']);
            if literal && name.bytes().any(|byte| byte.is_ascii_uppercase()) {
                report.at(value, format!("headers come in lower case: `{name}` is never there"));
                break;
            }
        }
    }
}
