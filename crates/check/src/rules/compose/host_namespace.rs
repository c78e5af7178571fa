use crate::purpose;
use crate::rules::prelude::*;

rule! {
    /// A container sees the host's processes or shares its memory.
    ///
    /// With `pid: host` it can read the environment of every process, secrets and all, and send signals; with `ipc: host` it
    /// reads the shared memory of others.
    ///
    /// ```yaml compose.yaml bad
    /// services: { app: { image: "ghcr.io/acme/app:1.0.0", pid: host } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   app: { image: "ghcr.io/acme/app:1.0.0" }
    ///   node-exporter: { image: "prom/node-exporter:v1.9.0", pid: host }
    /// ```
    ///
    /// Programs that watch the host need it, and are not told; nor are servers of models, whose workers share memory. The
    /// idea is KICS's "Shared Host PID Namespace" and "Shared Host IPC Namespace". Source: docker/cli `container_run.md`,
    /// `--pid` and `--ipc`; docker-bench-security `tests/5_container_runtime.sh` (CIS Docker Benchmark 1.6.0, 5.16 and
    /// 5.17); read 2026-11-28.
    RULE = "compose-host-namespace", Warning, High, Look::Service(check)
}

const WATCHERS: [&str; 18] = [
    "clab",
    "exporter",
    "cadvisor",
    "netdata",
    "agent",
    "glances",
    "beszel",
    "alloy",
    "falco",
    "tetragon",
    "node",
    "ebpf",
    "beyla",
    "edgeshark",
    "xdp",
    "profiler",
    "monitor",
    "portracker",
];

fn check(_: &Project, service: &Service, report: &mut Report) {
    let shares = |key: &str| service.get(key).filter(|value| value.text() == Some("host"));
    if shares("pid").or(shares("ipc")).is_none() {
        return;
    }
    let image = service.image.as_ref().map_or("", |image| image.repository.as_str());
    let folder = service.document.folder().rsplit('/').next().unwrap_or_default();
    if WATCHERS.iter().any(|word| [image, service.name, folder].iter().any(|name| name.contains(word))) {
        return;
    }
    if purpose::needs_privileges(service) {
        return;
    }
    for key in ["pid", "ipc"] {
        if let Some(value) = shares(key) {
            // Their own documentation asks for it: workers of one model share memory.
            if key == "ipc" && purpose::shares_memory(service) {
                continue;
            }
            let what = if key == "pid" { "every process of the host" } else { "the host's shared memory" };
            report.at(value, format!("`{}` sees {what}", service.name));
        }
    }
}
