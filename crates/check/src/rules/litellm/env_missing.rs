use crate::rules::prelude::*;

rule! {
    /// LiteLLM reads a variable that its service is not given.
    ///
    /// For a model's key the proxy starts, and each call of that model fails: "Missing credentials". For the master key it
    /// does not start, from the versions on that insist on one.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   litellm:
    ///     image: ghcr.io/berriai/litellm:v1.80.0
    ///     environment: { LITELLM_MASTER_KEY: "${LITELLM_MASTER_KEY}" }
    ///     volumes: ["./litellm.yaml:/app/config.yaml:ro"]
    /// ```
    ///
    /// ```yaml litellm.yaml bad
    /// model_list: [{ model_name: big, litellm_params: { model: openai/x, api_key: os.environ/OPENAI_API_KEY } }]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   litellm:
    ///     image: ghcr.io/berriai/litellm:v1.80.0
    ///     environment: { OPENAI_API_KEY: "${OPENAI_API_KEY}" }
    ///     volumes: ["./litellm.yaml:/app/config.yaml:ro"]
    /// ```
    ///
    /// ```yaml litellm.yaml good
    /// model_list: [{ model_name: big, litellm_params: { model: openai/x, api_key: os.environ/OPENAI_API_KEY } }]
    /// ```
    ///
    /// ```yaml compose.yaml good 2
    /// services:
    ///   litellm:
    ///     image: ghcr.io/berriai/litellm:v1.80.0
    ///     volumes: ["./litellm.yaml:/app/config.yaml:ro"]
    /// ```
    ///
    /// ```yaml litellm.yaml good 2
    /// environment_variables: { PROXY: "http://models:8080/v1" }
    /// model_list: [{ model_name: big, litellm_params: { model: openai/x, api_base: os.environ/PROXY } }]
    /// ```
    ///
    /// A service with an env file that is not in the repository may be given anything: piton says nothing there, nor where
    /// a secret manager fills them or the file's own `environment_variables`. Tried with LiteLLM 1.108.7, 2026-11-28.
    RULE = "litellm-env-missing", Error, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    let files = service.all("env_file");
    let unseen = files.iter().any(|file| {
        file.text()
            .or_else(|| file.get("path").and_then(Value::text))
            .and_then(|name| project.beside(service.document, name))
            .is_none()
    });
    if !service.is("litellm") || unseen || service.has("secrets") {
        return;
    }
    for (file, _) in service.mounted(project).filter(|(file, _)| file.kind == Kind::LiteLlm) {
        // A vault may fill them, or the file itself.
        if find(file, "general_settings.key_management_system").is_some() {
            continue;
        }
        let own = find(file, "environment_variables");
        let mut told: Vec<&str> = Vec::new();
        for value in file.texts() {
            let Some(name) = value.literal().and_then(|text| text.strip_prefix("os.environ/")) else { continue };
            let is_own = own.is_some_and(|own| own.get(name).is_some());
            if service.variable(name).is_none() && !is_own && !told.contains(&name) {
                told.push(name);
                report
                    .at(value, format!("`{}` is not given {name}", service.name))
                    .related(service.key, "this service reads the file");
            }
        }
    }
}
