use crate::rules::prelude::*;

rule! {
    /// cAdvisor measures more than the containers.
    ///
    /// Without `--docker_only` it reports each cgroup of the host, services and slices too, and gives Prometheus series
    /// that nobody looks at. A `--disable_metrics` of one's own replaces the list that cAdvisor leaves out by itself
    /// (process, sched, tcp, udp and seven more): say those again.
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
    ///     command: ["--docker_only=true"]
    /// ```
    ///
    /// Source: cAdvisor `docs/runtime_options.md` and `cmd/cadvisor.go` (`--docker_only=false`, ignoreMetrics); read
    /// 2026-11-28.
    RULE = "compose-cadvisor-flags", Info, Medium, Look::Service(check), strict
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let words = service.words("command");
    let has = |flag: &str| words.iter().any(|(_, word)| word.contains(flag));
    if service.is("cadvisor") && !has("docker_only") && !has("disable_metrics") && !has("enable_metrics") {
        report
            .at(service.key, "cAdvisor reports every cgroup of the host, at the cost of CPU and series")
            .help("--docker_only=true");
    }
}
