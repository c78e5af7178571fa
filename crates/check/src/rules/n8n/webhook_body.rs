use crate::rules::prelude::*;
use std::collections::{BTreeSet, HashMap};

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
    /// Tried with n8n 2.8.4, 2026-11-28: behind a Webhook node `$json` has headers, params, query, body, webhookUrl and
    /// executionMode, and nothing of what was sent.
    RULE = "n8n-webhook-body", Warning, Medium, Look::File(&[Kind::N8nWorkflow], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    let root = document.root();
    let nodes: HashMap<&str, Value> = root
        .get("nodes")
        .into_iter()
        .flat_map(Value::items)
        .filter_map(|node| Some((node.get("name")?.text()?, node)))
        .collect();
    // How many ways lead to a node: what else leads there brings other data.
    let mut ways: HashMap<&str, usize> = HashMap::new();
    let mut behind: BTreeSet<&str> = BTreeSet::new();
    for (from, outputs) in root.get("connections").map(Value::entries).unwrap_or_default() {
        let hook = from.text().and_then(|name| nodes.get(name)).and_then(|node| node.get("type")).and_then(Value::text);
        for (_, output) in outputs.entries() {
            for target in output.items().flat_map(Value::items).filter_map(|link| link.get("node")?.text()) {
                *ways.entry(target).or_default() += 1;
                if hook == Some("n8n-nodes-base.webhook") {
                    behind.insert(target);
                }
            }
        }
    }
    let mut texts: Vec<Value> = document.texts().collect();
    texts.sort_by_key(|value| value.range().start);
    for node in behind.iter().filter(|name| ways.get(**name) == Some(&1)).filter_map(|name| nodes.get(*name)) {
        let range = node.range();
        let first = texts.partition_point(|value| value.range().start < range.start);
        for value in texts[first..].iter().take_while(|value| value.range().start < range.end) {
            if let Some(field) = field(value.text().unwrap_or_default()) {
                report.at(*value, format!("behind a webhook this is `$json.body.{field}`"));
            }
        }
    }
}

/// What is asked of `$json` that a webhook does not have at its top.
fn field(text: &str) -> Option<&str> {
    let fields = text.match_indices("$json.").map(|(at, _)| {
        let end = |letter: char| !letter.is_ascii_alphanumeric() && letter != '_';
        text[at + 6..].split(end).next().unwrap_or_default()
    });
    let known = ["body", "headers", "query", "params", "webhookUrl", "executionMode", "rawBody", ""];
    fields.into_iter().find(|field| !known.contains(field))
}
