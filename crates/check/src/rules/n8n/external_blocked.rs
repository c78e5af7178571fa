use crate::rules::prelude::*;

use super::builtin_blocked::{MODULES, runner};

rule! {
    /// A Code node asks for a package that n8n does not let it have.
    ///
    /// Packages from outside of Node are refused unless `NODE_FUNCTION_ALLOW_EXTERNAL` names them: the node fails, and a webhook
    /// answers with nothing.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   n8n: { image: "docker.n8n.io/n8nio/n8n:2.8.4", environment: { N8N_HOST: n8n.example.org } }
    /// ```
    ///
    /// ```json flow.json bad
    /// { "nodes": [{ "name": "Code", "type": "n8n-nodes-base.code", "parameters": { "jsCode": "const { Client } = require('pg'); return [];" } }], "connections": {} }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   n8n: { image: "docker.n8n.io/n8nio/n8n:2.8.4", environment: { NODE_FUNCTION_ALLOW_EXTERNAL: pg } }
    /// ```
    ///
    /// ```json flow.json good
    /// { "nodes": [{ "name": "Code", "type": "n8n-nodes-base.code", "parameters": { "jsCode": "const { Client } = require('pg'); return [];" } }], "connections": {} }
    /// ```
    ///
    /// Told where one n8n of the project runs without the variable and without an env file. Tried with n8n 2.8.4,
    /// 2026-11-28: `require('pg')` is refused, 500 "Error in workflow".
    RULE = "n8n-external-blocked", Warning, High, Look::File(&[Kind::N8nWorkflow], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let Some(n8n) = runner(project, document) else { return };
    let allowed =
        n8n.variable("NODE_FUNCTION_ALLOW_EXTERNAL").and_then(|variable| variable.value.as_deref()).unwrap_or_default();
    for value in document.texts() {
        let Some(text) = value.text().filter(|text| text.contains("require(")) else { continue };
        for (at, _) in text.match_indices("require(") {
            let rest = text[at + 8..].trim_start();
            let Some(quote) = rest.chars().next().filter(|sign| matches!(sign, '\'' | '"')) else { continue };
            let name = rest[1..].split(quote).next().unwrap_or_default();
            let package = name.split('/').next().unwrap_or_default();
            let own = MODULES.contains(&name) || BUILT_IN.contains(&name) || name.starts_with("node:");
            let given =
                allowed == "*" || allowed.split(',').any(|known| known.trim() == name || known.trim() == package);
            let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./@".contains(&byte));
            if own || given || name.starts_with('.') || name.is_empty() || !is_name {
                continue;
            }
            report
                .at(value, format!("n8n does not let a node have the package `{name}`"))
                .related(n8n.key, "this n8n")
                .help(format!("NODE_FUNCTION_ALLOW_EXTERNAL={name}"));
            break;
        }
    }
}

/// Node's own modules beyond those that are asked for most.
const BUILT_IN: [&str; 16] = [
    "assert",
    "buffer",
    "dns",
    "events",
    "net",
    "perf_hooks",
    "querystring",
    "readline",
    "stream",
    "string_decoder",
    "timers",
    "tls",
    "util",
    "vm",
    "zlib",
    "worker_threads",
];
