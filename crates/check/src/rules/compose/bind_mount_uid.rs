use crate::rules::prelude::*;

rule! {
    /// A folder of the host for a program that runs as a fixed user.
    ///
    /// Docker makes a missing folder as root; Grafana (472), Loki and Tempo (10001), Prometheus (65534) then cannot
    /// write and stop with "permission denied". Make the folder belong to that number first.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   grafana:
    ///     image: grafana/grafana:12.2.0
    ///     volumes: ["./data/grafana:/var/lib/grafana"]
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   grafana:
    ///     image: grafana/grafana:12.2.0
    ///     volumes: ["grafana:/var/lib/grafana"]
    /// volumes: { grafana: {} }
    /// ```
    ///
    /// The numbers stand in `crates/check/data/`; whether the folder is right only the host can say. Source: the
    /// Dockerfiles of Loki and Tempo (`USER 10001`) and of Prometheus and Alertmanager (`USER nobody`); read 2026-11-28.
    /// Grafana's number was not looked up again.
    RULE = "compose-bind-mount-uid", Info, Medium, Look::Service(check), strict
}

fn check(_: &Project, service: &Service, report: &mut Report) {
    let Some((program, uid)) = service.program.and_then(|program| Some((program, program.uid?))) else { return };
    if service.has("user") || service.has("build") {
        return;
    }
    let data = ["/var/lib/", "/loki", "/prometheus", "/alertmanager", "/var/tempo", "/home/node", "/data"];
    for mount in service.mounts.iter().filter(|mount| mount.kind == MountKind::Bind && !mount.read_only) {
        if data.iter().any(|start| mount.target.starts_with(start)) && !mount.target.contains("docker") {
            report
                .at(mount.value, format!("{} runs as {uid} and must be able to write here", program.name))
                .help(format!("chown {uid}:{uid} the folder first"));
        }
    }
}
