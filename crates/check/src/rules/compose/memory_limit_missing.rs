use crate::rules::prelude::*;

rule! {
    /// A service may take all the memory of the host.
    ///
    /// One leak, and the kernel picks what to kill: on a small server often sshd's child or the database.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   web: { image: "ghcr.io/acme/web:1.4.2" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   web: { image: "ghcr.io/acme/web:1.4.2", mem_limit: 512m }
    /// ```
    ///
    /// Source: docker-bench-security `tests/5_container_runtime.sh` (CIS Docker Benchmark 1.6.0, 5.11); read 2026-11-28.
    RULE = "compose-memory-limit-missing", Info, High, Look::Service(check), strict
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let limited = service.has("mem_limit") || service.path("deploy.resources.limits.memory").is_some();
    if !limited {
        report
            .at(service.key, format!("`{}` may take all the memory of the host", service.name))
            .help("mem_limit: 512m");
    }
}
