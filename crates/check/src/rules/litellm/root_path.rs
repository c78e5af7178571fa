use crate::rules::prelude::*;

rule! {
    /// LiteLLM is put below a path.
    ///
    /// With `SERVER_ROOT_PATH` the admin page loads half of its files from the old place. It works on a name of its own.
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
    /// Source: BerriAI/litellm issues 11451, 11865 and 10761. Versions differ in what breaks, so a warning.
    RULE = "litellm-server-root-path", Warning, Medium, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let path = service
        .variable("SERVER_ROOT_PATH")
        .filter(|variable| variable.value.as_deref().is_some_and(|value| !value.trim_matches('/').is_empty()));
    if let Some(variable) = path.filter(|_| service.is("litellm")) {
        report.at(variable.place, "LiteLLM's page does not work well below a path").help("give it a name of its own");
    }
}
