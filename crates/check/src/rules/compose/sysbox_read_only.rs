use crate::rules::prelude::*;

rule! {
    /// A Sysbox container has a read-only root.
    ///
    /// Sysbox mounts folders for the inner Docker by itself, and they inherit `read_only`: dockerd inside stops with
    /// "chmod /var/lib/docker: read-only file system".
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   gateway: { image: "ghcr.io/openclaw/openclaw:2026.9.6", runtime: sysbox-runc, read_only: true }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   gateway: { image: "ghcr.io/openclaw/openclaw:2026.9.6", runtime: sysbox-runc, read_only: false }
    /// ```
    ///
    /// Fix: unsafe, since it opens what was closed. Evidence: one production incident; not tried again by piton, so a warning.
    RULE = "compose-sysbox-read-only", Warning, Medium, Look::Service(check)
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let sysbox = service.get("runtime").and_then(Value::text) == Some("sysbox-runc");
    if let Some(value) = service.get("read_only").filter(|value| sysbox && value.is_true()) {
        report
            .at(value, "Docker inside of a Sysbox container cannot start with a read-only root")
            .unsafe_fix("let the root be writable", vec![Edit::replace(value, "false")]);
    }
}
