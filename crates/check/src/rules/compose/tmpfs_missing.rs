use crate::rules::prelude::*;

rule! {
    /// A service with a read-only root has nowhere to write.
    ///
    /// Most programs put something into /tmp: a socket, an upload, a cache. With `read_only: true` that fails at the first
    /// occasion, often long after the start.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   app: { image: "ghcr.io/acme/app:1.4.2", read_only: true }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   app: { image: "ghcr.io/acme/app:1.4.2", read_only: true, tmpfs: ["/tmp:size=64m"] }
    /// ```
    ///
    /// Told with `--strict`: some programs write nothing. Source: compose-spec `05-services.md`, `read_only` and `tmpfs`;
    /// OWASP Docker cheat sheet, rule 8; read 2026-11-28.
    RULE = "compose-tmpfs-missing", Info, Low, Look::Service(check), strict
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let Some(read_only) = service.get("read_only").filter(|value| value.is_true()) else { return };
    let temporary = service.has("tmpfs") || service.mounts.iter().any(|mount| mount.target.starts_with("/tmp"));
    if !temporary {
        report.at(read_only, "nothing is writable here, /tmp neither").help("tmpfs: [\"/tmp:size=64m\"]");
    }
}
