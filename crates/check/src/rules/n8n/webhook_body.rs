use crate::rules::prelude::*;

rule! {
    /// A workflow looks for a webhook's fields where they are not.
    ///
    /// What was sent is in `$json.body`. Directly behind a Webhook node `$json.field` is undefined.
    ///
    /// ```json flow.json bad
    /// { "nodes": [
    ///   { "name": "Hook", "type": "n8n-nodes-base.webhook", "parameters": {} },
    ///   { "name": "Use", "type": "n8n-nodes-base.set", "parameters": { "value": "={{ $json.orderId }}" } }
    /// ], "connections": { "Hook": { "main": [[{ "node": "Use" }]] } } }
    /// ```
    ///
    /// ```json flow.json good
    /// { "nodes": [
    ///   { "name": "Hook", "type": "n8n-nodes-base.webhook", "parameters": {} },
    ///   { "name": "Use", "type": "n8n-nodes-base.set", "parameters": { "value": "={{ $json.body.orderId }}" } }
    /// ], "connections": { "Hook": { "main": [[{ "node": "Use" }]] } } }
    /// ```
    ///
    /// Source: n8n documentation, Webhook node, "Output".
    RULE = "n8n-webhook-body", Warning, Medium, Look::File(&[Kind::N8nWorkflow], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let root = document.root();
    let nodes: Vec<Value> = root.get("nodes").into_iter().flat_map(Value::items).collect();
    for hook in nodes.iter().filter(|node| node.get("type").and_then(Value::text) == Some("n8n-nodes-base.webhook")) {
        let Some(links) = name(*hook).and_then(|name| root.get("connections")?.get(name)?.get("main")) else {
            continue;
        };
        let next: Vec<&str> = links
            .items()
            .flat_map(|output| output.items().collect::<Vec<_>>())
            .filter_map(|link| link.get("node")?.text())
            .collect();
        // What else leads there brings other data.
        let alone = |node: &str| {
            let links = root.get("connections").into_iter().flat_map(Value::entries);
            let from = links.filter(|(_, outputs)| {
                let lists = outputs.entries().into_iter().flat_map(|(_, main)| main.items().collect::<Vec<_>>());
                lists
                    .flat_map(|list| list.items().collect::<Vec<_>>())
                    .any(|link| link.get("node").and_then(Value::text) == Some(node))
            });
            from.count() == 1
        };
        for node in nodes.iter().filter(|node| name(**node).is_some_and(|name| next.contains(&name) && alone(name))) {
            let range = node.range();
            for value in
                document.texts().filter(|value| value.range().start >= range.start && value.range().end <= range.end)
            {
                let Some(text) = value.text().filter(|text| text.contains("$json.")) else { continue };
                let fields = text.match_indices("$json.").map(|(at, _)| {
                    text[at + 6..]
                        .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
                        .next()
                        .unwrap_or_default()
                });
                if let Some(field) = fields.into_iter().find(|field| {
                    !matches!(*field, "body" | "headers" | "query" | "params" | "webhookUrl" | "executionMode" | "")
                }) {
                    report.at(value, format!("behind a webhook this is `$json.body.{field}`"));
                }
            }
        }
    }
}

fn name(node: Value<'_>) -> Option<&str> {
    node.get("name").and_then(Value::text)
}
