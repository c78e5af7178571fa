use crate::rules::prelude::*;

rule! {
    /// A service keeps all the capabilities that Docker gives.
    ///
    /// Fourteen of root's powers, of which most services need none. Drop them all and add back what is missed.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   web: { image: "ghcr.io/acme/web:1.4.2" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   web: { image: "ghcr.io/acme/web:1.4.2", cap_drop: [ALL] }
    /// ```
    ///
    /// Source: moby `daemon/pkg/oci/caps/defaults.go` (the fourteen); docker-bench-security `tests/5_container_runtime.sh`
    /// (CIS Docker Benchmark 1.6.0, 5.4); OWASP Docker cheat sheet, rule 3; read 2026-11-28.
    RULE = "compose-cap-drop-missing", Info, High, Look::Service(check), strict
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    if !service.drops_all_capabilities() && !service.get("privileged").is_some_and(Value::is_true) {
        report
            .at(service.key, format!("`{}` does not drop the capabilities it has no use for", service.name))
            .help("cap_drop: [ALL]");
    }
}
