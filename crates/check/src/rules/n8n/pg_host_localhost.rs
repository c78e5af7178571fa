use crate::rules::prelude::*;

use super::builtin_blocked::runner;

rule! {
    /// A Code node calls a database on localhost.
    ///
    /// The code runs in n8n's container: localhost is n8n itself. The database is reached by the name of its service.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   n8n: { image: "docker.n8n.io/n8nio/n8n:2.8.4", environment: { NODE_FUNCTION_ALLOW_EXTERNAL: pg } }
    ///   db: { image: "postgres:18" }
    /// ```
    ///
    /// ```json flow.json bad
    /// { "nodes": [{ "name": "Code", "type": "n8n-nodes-base.code", "parameters": { "jsCode": "const { Client } = require('pg'); const c = new Client({ host: 'localhost', port: 5432 }); return [];" } }], "connections": {} }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   n8n: { image: "docker.n8n.io/n8nio/n8n:2.8.4", environment: { NODE_FUNCTION_ALLOW_EXTERNAL: pg } }
    ///   db: { image: "postgres:18" }
    /// ```
    ///
    /// ```json flow.json good
    /// { "nodes": [{ "name": "Code", "type": "n8n-nodes-base.code", "parameters": { "jsCode": "const { Client } = require('pg'); const c = new Client({ host: 'db', port: 5432 }); return [];" } }], "connections": {} }
    /// ```
    ///
    /// Told where n8n runs in a bridged container of the project. Tried with two network namespaces, which is what
    /// containers have, 2026-11-28: what listens in one is refused at 127.0.0.1 in the other, and answers at its address.
    RULE = "n8n-pg-host-localhost", Error, High, Look::File(&[Kind::N8nWorkflow], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let Some(n8n) = runner(project, document).filter(|n8n| !n8n.has("network_mode")) else { return };
    for value in document.texts() {
        let Some(text) = value.text() else { continue };
        let postgres = text.contains("require('pg')") || text.contains("require(\"pg\")");
        let bare: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
        let local = ["localhost", "127.0.0.1"]
            .iter()
            .any(|host| bare.contains(&format!("host:'{host}'")) || bare.contains(&format!("host:\"{host}\"")));
        if postgres && local {
            report
                .at(value, "localhost is n8n's own container: no database listens there")
                .related(n8n.key, "this n8n");
        }
    }
}
