use crate::rules::prelude::*;

rule! {
    /// n8n lives below a path.
    ///
    /// `N8N_PATH` moves the editor, its REST interface and the webhooks: what was called at `/webhook/…` answers 404 there,
    /// and a proxy in front must not cut the path off. On a name of its own nothing moves.
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
    /// An information: it works where everything else knows. Tried with n8n 2.8.4, 2026-11-28: the editor's files come from
    /// below the path, a webhook answers at `/n8n/webhook/…` and is 404 at `/webhook/…`.
    RULE = "n8n-path-set", Info, High, Look::File(&[Kind::Compose, Kind::Env], check)
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
        report.at(place, "its webhooks move below this path as well").help("on a name of its own nothing moves");
    }
}
