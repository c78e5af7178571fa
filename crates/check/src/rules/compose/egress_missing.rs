use crate::rules::prelude::*;

rule! {
    /// A service that calls the internet is on internal networks only.
    ///
    /// LiteLLM, n8n and OpenClaw talk to model providers. On networks that are `internal: true` there is no way out, and every
    /// call times out.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   litellm: { image: "ghcr.io/berriai/litellm:v1.80.0", networks: [backend] }
    /// networks: { backend: { internal: true } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   litellm: { image: "ghcr.io/berriai/litellm:v1.80.0", networks: [backend, egress] }
    /// networks: { backend: { internal: true }, egress: {} }
    /// ```
    ///
    /// A service with HTTPS_PROXY has another way out. Source: compose-spec `06-networks.md`, `internal`
    /// ("externally isolated"); read 2026-11-27.
    RULE = "compose-egress-missing", Error, High, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    if !["litellm", "n8n", "openclaw"].iter().any(|name| service.is(name)) {
        return;
    }
    let proxied = service.variables.iter().any(|variable| variable.name.to_ascii_uppercase().ends_with("_PROXY"));
    if !proxied && service.is_cut_off() {
        let place = service.get("networks").unwrap_or(service.key);
        report
            .at(place, format!("`{}` has no way out to the models it calls", service.name))
            .help("one more network, without `internal: true`");
    }
}
