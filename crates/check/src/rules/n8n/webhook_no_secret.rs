use crate::rules::prelude::*;

rule! {
    /// Whoever knows its address can start this workflow.
    ///
    /// The webhook asks for no login, and nothing behind it looks at a secret or a signature. Addresses get known: they stand in
    /// logs, in browsers and in other people's settings.
    ///
    /// ```json flow.json bad
    /// { "active": true, "nodes": [
    ///   { "name": "Hook", "type": "n8n-nodes-base.webhook", "parameters": { "path": "orders", "httpMethod": "POST" } }
    /// ], "connections": {} }
    /// ```
    ///
    /// ```json flow.json good
    /// { "active": true, "nodes": [
    ///   { "name": "Hook", "type": "n8n-nodes-base.webhook", "parameters": { "path": "orders", "httpMethod": "POST", "authentication": "headerAuth" } }
    /// ], "connections": {} }
    /// ```
    ///
    /// Told for webhooks that take a POST under a name that can be guessed. Tried with n8n 2.8.4, 2026-11-28: such a
    /// webhook answers whoever calls. Source: n8n-nodes-base 2.8.4 `Webhook/description.js` (`headerAuth`).
    RULE = "n8n-webhook-no-secret", Info, Medium, Look::File(&[Kind::N8nWorkflow], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let lower = document.text.to_ascii_lowercase();
    let looked_at =
        ["headers", "secret", "token", "signature", "hmac", "x-hub"].iter().any(|word| lower.contains(word));
    if looked_at {
        return;
    }
    for node in document.root().get("nodes").into_iter().flat_map(Value::items) {
        let is_hook = node.get("type").and_then(Value::text) == Some("n8n-nodes-base.webhook");
        let Some(parameters) = node.get("parameters").filter(|_| is_hook) else { continue };
        let text = |key: &str| parameters.get(key).and_then(Value::text);
        let open = text("authentication").is_none_or(|kind| kind == "none") && text("httpMethod") == Some("POST");
        if let Some(path) = parameters.get("path").filter(|path| open && path.literal().is_some_and(can_be_guessed)) {
            report.at(path, "whoever knows this address can start the workflow").help("authentication: headerAuth");
        }
    }
}

/// n8n's own suggestion is a UUID.
fn can_be_guessed(path: &str) -> bool {
    path.len() < 32 || path.matches('-').count() < 4
}
