use crate::rules::prelude::*;

rule! {
    /// n8n is told to live below a path.
    ///
    /// `N8N_PATH` moves half of it: the page looks for its files, its REST interface and its websocket below the path, and
    /// the server goes on answering at the root. It works only where a proxy cuts the path off. On a name of its own there
    /// is nothing to cut.
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
    /// Tried with n8n 2.8.4, 2026-11-28: with N8N_PATH=/n8n/ the page says `BASE_PATH = '/n8n/'`; `/rest/login` and
    /// `/webhook/…` answer, `/n8n/rest/login` and `/n8n/webhook/…` are 404, and GETs below the path are the start page.
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
        report
            .at(place, "the page looks below this path, and the server answers at the root")
            .help("give it a name of its own");
    }
}
