use crate::rules::prelude::*;

rule! {
    /// A memory limit below what the program needs to start.
    ///
    /// LiteLLM with 768 MB was killed while it loaded its providers, again and again, with nothing in its log; the
    /// same was seen with OpenClaw below 1.5 GB.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   litellm: { image: "ghcr.io/berriai/litellm:v1.80.0", mem_limit: 512m }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   litellm: { image: "ghcr.io/berriai/litellm:v1.80.0", mem_limit: 1g }
    /// ```
    ///
    /// Evidence: two production incidents; LiteLLM 1.83 measured at about 700 MB after its start. A warning, since
    /// what is needed depends on what is configured.
    RULE = "compose-mem-limit-below-min", Warning, Medium, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let least = match service.program.map(|program| program.name) {
        Some("litellm") => ("1024M", 1024 << 20),
        Some("openclaw") => ("1536M", 1536 << 20),
        _ => return,
    };
    if let Some((place, limit)) = service.memory_limit().filter(|(_, limit)| *limit < least.1) {
        report
            .at(place, format!("{} MB are not enough: `{}` is killed while it starts", limit >> 20, service.name))
            .help(format!("at least {}", least.0));
    }
}
