use crate::rules::prelude::*;

rule! {
    /// A memory limit below what the program needs to start.
    ///
    /// OpenClaw's gateway and its helpers take about 1.1 GB once they are ready, and are killed below that, again and
    /// again, with nothing in the log; the same was seen with LiteLLM at 768 MB, which loads all its providers at the
    /// start.
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
    /// For LiteLLM an information from 512 MB on: what it needs depends on what is configured. Evidence: two production
    /// incidents. Measured 2026-11-28 (VmHWM): OpenClaw 2026.9.6 854 MB and 235 MB of helpers when ready; LiteLLM 1.108.7
    /// with one model and no database 331 MB.
    RULE = "compose-mem-limit-below-min", Warning, Medium, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let least = match service.program.map(|program| program.name) {
        Some("litellm") => ("1024M", 1024 << 20),
        Some("openclaw") => ("1536M", 1536 << 20),
        _ => return,
    };
    if let Some((place, limit)) = service.memory_limit().filter(|(_, limit)| *limit < least.1) {
        let finding = report
            .at(place, format!("{} MB may not be enough: `{}` is killed while it starts", limit >> 20, service.name));
        finding.help(format!("at least {}", least.0));
        // A small one, with few models and no database, was measured below this.
        if service.is("litellm") && limit >= 512 << 20 {
            finding.severity(Severity::Info);
        }
    }
}
