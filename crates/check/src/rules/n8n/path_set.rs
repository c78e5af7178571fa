use crate::rules::prelude::*;

rule! {
    /// n8n is told to live below a path.
    ///
    /// `N8N_PATH` moves half of it: the editor's files, webhooks and websockets look in different places. It works on a name of
    /// its own.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   n8n: { image: "docker.n8n.io/n8nio/n8n:2.8.4", environment: { N8N_PATH: /n8n/ } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   n8n: { image: "docker.n8n.io/n8nio/n8n:2.8.4", environment: { N8N_HOST: n8n.example.org } }
    /// ```
    ///
    /// Source: n8n-io/n8n issue 19635.
    RULE = "n8n-path-set", Warning, High, Look::File(&[Kind::Compose, Kind::Env], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    let is_below = |value: &str| !value.trim_matches('/').is_empty() && !value.contains('$');
    let own = document
        .root()
        .get("N8N_PATH")
        .filter(|value| document.kind == Kind::Env && value.literal().is_some_and(is_below));
    let variables = project.services_of(document).iter().filter_map(|service| service.variable("N8N_PATH"));
    let inline = variables.filter(|variable| variable.inline && variable.value.as_deref().is_some_and(is_below));
    for place in own.into_iter().chain(inline.map(|variable| variable.place)) {
        report.at(place, "n8n does not work below a path").help("give it a name of its own");
    }
}
