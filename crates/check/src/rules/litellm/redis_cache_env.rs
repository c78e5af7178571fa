use crate::rules::prelude::*;

rule! {
    /// LiteLLM is to cache in a Redis that nobody names.
    ///
    /// Without `host` or `url` in `cache_params` LiteLLM takes `REDIS_HOST` or `REDIS_URL` from its environment. With neither it
    /// says "Either 'host' or 'url' must be specified for redis".
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
    /// model_list: []
    /// litellm_settings: { cache: true, cache_params: { type: redis, ttl: 600 } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   litellm:
    ///     image: ghcr.io/berriai/litellm:v1.80.0
    ///     environment: { LITELLM_MASTER_KEY: "${LITELLM_MASTER_KEY}", REDIS_HOST: redis, REDIS_PORT: "6379" }
    ///     volumes: ["./litellm.yaml:/app/config.yaml:ro"]
    /// ```
    ///
    /// ```yaml litellm.yaml good
    /// model_list: []
    /// litellm_settings: { cache: true, cache_params: { type: redis, ttl: 600 } }
    /// ```
    ///
    /// Source: `litellm/_redis.py` of LiteLLM 1.110.2; read 2026-11-27.
    RULE = "litellm-redis-cache-env", Error, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    let unseen = service.all("env_file").iter().any(|file| {
        let name = file.text().or_else(|| file.get("path").and_then(Value::text));
        name.and_then(|name| project.beside(service.document, name)).is_none()
    });
    let named = service.variables.iter().any(|variable| variable.name.starts_with("REDIS_"));
    if !service.is("litellm") || unseen || named {
        return;
    }
    for (file, _) in service.mounted(project).filter(|(file, _)| file.kind == Kind::LiteLlm) {
        let Some(cache) = find(file, "litellm_settings.cache").filter(|cache| cache.is_true()) else { continue };
        let parameters = find(file, "litellm_settings.cache_params");
        let is_redis = parameters.and_then(|all| all.get("type")).is_none_or(|kind| kind.text() == Some("redis"));
        let placed = parameters.is_some_and(|all| {
            all.entries().iter().any(|(key, _)| {
                key.text().is_some_and(|key| {
                    matches!(key, "host" | "url" | "sentinel_nodes" | "service_name" | "<<") || key.starts_with("redis")
                })
            })
        });
        let elsewhere = find(file, "environment_variables").is_some_and(|all| {
            all.entries().iter().any(|(key, _)| key.text().is_some_and(|key| key.starts_with("REDIS_")))
        });
        if is_redis && !placed && !elsewhere {
            report
                .at(parameters.unwrap_or(cache), "no Redis is named here, nor in the environment of the service")
                .related(service.key, "this service reads the file")
                .help("host: os.environ/REDIS_HOST, and the variable");
        }
    }
}
