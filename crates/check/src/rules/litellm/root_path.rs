use crate::rules::prelude::*;

rule! {
    /// LiteLLM is put below a path.
    ///
    /// With `SERVER_ROOT_PATH` everything moves: the admin page at `/ui/` is a 404, and in versions of 2025 the page below
    /// the path loaded half of its files from the old place. On a name of its own nothing moves.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   litellm: { image: "ghcr.io/berriai/litellm:v1.80.0", environment: { SERVER_ROOT_PATH: /llm } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   litellm: { image: "ghcr.io/berriai/litellm:v1.80.0" }
    /// ```
    ///
    /// An information: tried with LiteLLM 1.92.0 and 1.108.7, 2026-11-28, the page and its scripts come from below the
    /// path, the API answers with and without it, and only the icon is missing. Of older versions: BerriAI/litellm issues
    /// 11451, 11865 and 10761.
    RULE = "litellm-server-root-path", Info, Medium, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let path = service
        .variable("SERVER_ROOT_PATH")
        .filter(|variable| variable.value.as_deref().is_some_and(|value| !value.trim_matches('/').is_empty()));
    if let Some(variable) = path.filter(|_| service.is("litellm")) {
        report
            .at(variable.place, "LiteLLM's pages move below this path, and in older versions not all of them")
            .help("give it a name of its own");
    }
}
