use crate::purpose;
use crate::rules::prelude::*;

rule! {
    /// A service may write where only the host should.
    ///
    /// Exporters and log shippers read `/`, `/sys`, `/var/log` and Docker's folder; none of them writes there.
    /// Writable, a hole in one of them is the host.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   exporter:
    ///     image: prom/node-exporter:v1.11.1
    ///     volumes: ["/:/rootfs"]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   exporter:
    ///     image: prom/node-exporter:v1.11.1
    ///     volumes: ["/:/rootfs:ro"]
    /// ```
    ///
    /// An information of what backs the host up, or shows its files. Fix: `:ro`, safe where the program is known to read
    /// only: for promtail where its configuration keeps positions elsewhere, which is /var/log by default. Source: the examples in the README of node_exporter (`/:/host:ro,rslave`) and of cAdvisor (all `:ro`); read
    /// 2026-11-28.
    RULE = "compose-sensitive-mount-rw", Warning, High, Look::Service(check)
}

const PATHS: [&str; 10] =
    ["/", "/etc", "/boot", "/sys", "/proc", "/dev", "/var/run", "/run", "/var/lib/docker", "/var/log"];

fn check(project: &Project, service: &Service, report: &mut Report) {
    for mount in &service.mounts {
        if mount.read_only || !mount.is_host_path(&PATHS) || service.get("privileged").is_some_and(Value::is_true) {
            continue;
        }
        let source = mount.source.as_deref().unwrap_or_default();
        let readers = ["node-exporter", "cadvisor", "promtail", "prometheus", "grafana"];
        let reads = readers.iter().any(|name| service.is(name));
        // /dev and /run are written to by much that is right; only readers are told about those.
        if matches!(source, "/dev" | "/run" | "/var/run" | "/var/log" | "/sys" | "/proc") && !reads {
            continue;
        }
        let plain = !mount.value.is_map() && mount.value.written().matches(':').count() == 1;
        let finding = report.at(mount.value, format!("`{}` may write to {source} of the host", service.name));
        finding.help("mount it read-only: `:ro`");
        if purpose::keeps_files(service) {
            finding.severity(Severity::Info).help("`:ro` is enough until something is brought back");
        }
        if plain && reads {
            let written = mount.value.written();
            let text = if mount.value.is_quoted() {
                format!("{}:ro{}", &written[..written.len() - 1], &written[written.len() - 1..])
            } else {
                format!("{written}:ro")
            };
            let edits = vec![Edit::replace(mount.value, text)];
            match only_reads(project, service, mount) {
                true => finding.safe_fix("mount it read-only", edits),
                false => finding.unsafe_fix("mount it read-only", edits),
            };
        }
    }
}

/// Whether the program is known to write nothing there, and Docker need not make a folder in it for another mount.
fn only_reads(project: &Project, service: &Service, mount: &Mount) -> bool {
    let target = format!("{}/", mount.target.trim_end_matches('/'));
    let holds_another = service.mounts.iter().any(|other| {
        other.target.trim_end_matches('/') != mount.target.trim_end_matches('/') && other.target.starts_with(&target)
    });
    let reads = service.is("node-exporter")
        || service.is("cadvisor")
        || service.is("promtail") && keeps_positions_elsewhere(project, service, &target);
    reads && !holds_another
}

/// Promtail notes how far it has read, by itself in /var/log/positions.yaml; its configuration may say elsewhere.
fn keeps_positions_elsewhere(project: &Project, service: &Service, folder: &str) -> bool {
    let told = service.words("command").iter().any(|(_, word)| word.contains("positions.file"));
    let mut files = service.mounted(project).filter(|(file, _)| file.kind == Kind::Promtail).map(|(file, _)| file);
    let file = files.next().filter(|_| !told && files.next().is_none());
    file.and_then(|file| find(file, "positions.filename"))
        .and_then(Value::literal)
        .is_some_and(|path| !path.starts_with(folder))
}
