use crate::rules::prelude::*;

rule! {
    /// A Code node uses what n8n blocks.
    ///
    /// `require('fs')` and `$env` are refused unless they are allowed: the webhook answers 200 with an empty body, or "Error in
    /// workflow".
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   n8n: { image: "docker.n8n.io/n8nio/n8n:2.8.4", environment: { N8N_HOST: n8n.example.org } }
    /// ```
    ///
    /// ```json flow.json bad
    /// { "nodes": [{ "name": "Code", "type": "n8n-nodes-base.code", "parameters": { "jsCode": "const fs = require('fs'); return [];" } }], "connections": {} }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   n8n: { image: "docker.n8n.io/n8nio/n8n:2.8.4", environment: { NODE_FUNCTION_ALLOW_BUILTIN: fs } }
    /// ```
    ///
    /// ```json flow.json good
    /// { "nodes": [{ "name": "Code", "type": "n8n-nodes-base.code", "parameters": { "jsCode": "const fs = require('fs'); return [];" } }], "connections": {} }
    /// ```
    ///
    /// Tried with n8n 2.8.4, 2026-11-28, with `fs` and `crypto`: 500 "Error in workflow" where the last node answers, 200
    /// with an empty body where a Respond node should. Told where one n8n of the project runs without the variable and
    /// without an env file.
    BUILTIN = "n8n-builtin-blocked", Warning, High, Look::File(&[Kind::N8nWorkflow], builtin)
}

rule! {
    /// A Code node reads variables that n8n hides.
    ///
    /// `$env` is blocked by default since 2.0: the node fails, and a webhook answers with nothing.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   n8n: { image: "docker.n8n.io/n8nio/n8n:2.8.4", environment: { N8N_HOST: n8n.example.org } }
    /// ```
    ///
    /// ```json flow.json bad
    /// { "nodes": [{ "name": "Code", "type": "n8n-nodes-base.code", "parameters": { "jsCode": "return [{ json: { key: $env.API_KEY } }];" } }], "connections": {} }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   n8n: { image: "docker.n8n.io/n8nio/n8n:2.8.4", environment: { N8N_BLOCK_ENV_ACCESS_IN_NODE: "false" } }
    /// ```
    ///
    /// ```json flow.json good
    /// { "nodes": [{ "name": "Code", "type": "n8n-nodes-base.code", "parameters": { "jsCode": "return [{ json: { key: $env.API_KEY } }];" } }], "connections": {} }
    /// ```
    ///
    /// Allowing it shows every workflow all of n8n's own secrets: weigh it. Tried with n8n 2.8.4, 2026-11-28: 500 "Error in
    /// workflow", for a Code node and for an expression.
    ENV = "n8n-env-blocked", Warning, High, Look::File(&[Kind::N8nWorkflow], env)
}

/// The modules that Node itself brings and that workflows ask for.
pub(super) const MODULES: [&str; 8] = ["fs", "path", "crypto", "http", "https", "child_process", "os", "url"];

fn builtin(project: &Project, document: &Document, report: &mut Report) {
    let Some(n8n) = runner(project, document) else { return };
    let allowed =
        n8n.variable("NODE_FUNCTION_ALLOW_BUILTIN").and_then(|variable| variable.value.as_deref()).unwrap_or_default();
    for value in document.texts() {
        let Some(text) = value.text().filter(|text| text.contains("require(")) else { continue };
        let wanted = MODULES.iter().find(|module| {
            ["", "node:"].iter().any(|prefix| {
                text.contains(&format!("require('{prefix}{module}')"))
                    || text.contains(&format!("require(\"{prefix}{module}\")"))
            })
        });
        if let Some(module) =
            wanted.filter(|module| allowed != "*" && !allowed.split(',').any(|name| name.trim() == **module))
        {
            report
                .at(value, format!("n8n does not let a node require `{module}`"))
                .related(n8n.key, "this n8n")
                .help(format!("NODE_FUNCTION_ALLOW_BUILTIN={module}"));
        }
    }
}

fn env(project: &Project, document: &Document, report: &mut Report) {
    let Some(n8n) = runner(project, document) else { return };
    let open =
        n8n.variable("N8N_BLOCK_ENV_ACCESS_IN_NODE").and_then(|variable| variable.value.as_deref()) == Some("false");
    // Before 2.0 it was open by default.
    let old = n8n.version().is_some_and(|version| version.below("2"));
    if open || old {
        return;
    }
    if let Some(value) = document.texts().find(|value| value.text().is_some_and(|text| text.contains("$env."))) {
        report
            .at(value, "n8n hides its variables from nodes")
            .related(n8n.key, "this n8n")
            .help("N8N_BLOCK_ENV_ACCESS_IN_NODE=false shows all of them");
    }
}

/// The one n8n of the project whose whole environment is in sight.
pub(super) fn runner<'p, 'a>(project: &'p Project<'a>, document: &Document) -> Option<&'p Service<'a>> {
    let mut all =
        project.services().filter(|service| service.is("n8n") && Project::are_related(service.document, document));
    let first = all.next().filter(|service| !service.has("env_file") && !service.has("build"))?;
    all.next().is_none().then_some(first)
}
