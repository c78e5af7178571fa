use crate::rules::prelude::*;

rule! {
    /// cAdvisor measures everything it can.
    ///
    /// Without `--docker_only` and with all metrics on it takes a good part of a small server's CPU and gives
    /// Prometheus thousands of series that nobody looks at.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   cadvisor: { image: "ghcr.io/google/cadvisor:0.56.2" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   cadvisor:
    ///     image: ghcr.io/google/cadvisor:0.56.2
    ///     command: ["--docker_only=true", "--disable_metrics=percpu,process,sched,tcp,udp"]
    /// ```
    ///
    /// Source: cAdvisor `docs/runtime_options.md`.
    RULE = "compose-cadvisor-flags", Info, Medium, Look::Service(check), strict
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let words = service.words("command");
    let has = |flag: &str| words.iter().any(|(_, word)| word.contains(flag));
    if service.is("cadvisor") && !has("docker_only") && !has("disable_metrics") && !has("enable_metrics") {
        report
            .at(service.key, "cAdvisor measures everything, at the cost of CPU and series")
            .help("--docker_only=true --disable_metrics=…");
    }
}
