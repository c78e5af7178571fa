use crate::rules::prelude::*;

rule! {
    /// Tempo keeps its traces in the container.
    ///
    /// The path of the storage is in no volume: with each new container all traces are gone.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   tempo:
    ///     image: grafana/tempo:2.10.0
    ///     volumes: ["./tempo.yaml:/etc/tempo.yaml:ro", "tempo:/var/tempo"]
    /// volumes: { tempo: {} }
    /// ```
    ///
    /// ```yaml tempo.yaml bad
    /// distributor: { receivers: { otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } } } }
    /// storage: { trace: { backend: local, local: { path: /tmp/tempo/blocks } } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   tempo:
    ///     image: grafana/tempo:2.10.0
    ///     volumes: ["./tempo.yaml:/etc/tempo.yaml:ro", "tempo:/var/tempo"]
    /// volumes: { tempo: {} }
    /// ```
    ///
    /// ```yaml tempo.yaml good
    /// distributor: { receivers: { otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } } } }
    /// storage: { trace: { backend: local, local: { path: /var/tempo/blocks } } }
    /// ```
    ///
    /// Source: Tempo `docs/sources/tempo/configuration/_index.md` (`local.path`: "Path to store trace data on local disk");
    /// read 2026-11-28.
    RULE = "tempo-local-path", Warning, High, Look::Service(check)
}

fn check(project: &Project, service: &Service, report: &mut Report) {
    if !service.is("tempo") {
        return;
    }
    for (file, _) in service.mounted(project).filter(|(file, _)| file.kind == Kind::Tempo) {
        let local = find(file, "storage.trace.backend").is_some_and(|backend| backend.text() == Some("local"));
        let Some(place) = find(file, "storage.trace.local.path").filter(|_| local) else { continue };
        let Some(path) = place.literal().filter(|path| path.starts_with('/')) else { continue };
        let kept = service.mounts.iter().any(|mount| {
            path.strip_prefix(mount.target.trim_end_matches('/'))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        if !kept {
            report
                .at(place, "these traces go with the container")
                .related(service.key, "no mount of this service holds the path");
        }
    }
}
