use crate::rules::prelude::*;

rule! {
    /// A folder belongs to somebody else than the container that writes there.
    ///
    /// Grafana is uid 472, Loki and Tempo 10001, Prometheus 65534. In a folder of the system's user they get "permission
    /// denied" and restart for ever.
    ///
    /// ```yaml roles/stack/tasks/main.yml bad
    /// - name: Folder of Grafana
    ///   ansible.builtin.file: { path: /srv/stack/data/grafana, state: directory, owner: deploy }
    /// ```
    ///
    /// ```yaml roles/stack/files/compose.yaml bad
    /// services:
    ///   grafana: { image: "grafana/grafana:12.2.0", volumes: ["/srv/stack/data/grafana:/var/lib/grafana"] }
    /// ```
    ///
    /// ```yaml roles/stack/tasks/main.yml good
    /// - name: Folder of Grafana
    ///   ansible.builtin.file: { path: /srv/stack/data/grafana, state: directory, owner: "472" }
    /// ```
    ///
    /// ```yaml roles/stack/files/compose.yaml good
    /// services:
    ///   grafana: { image: "grafana/grafana:12.2.0", volumes: ["/srv/stack/data/grafana:/var/lib/grafana"] }
    /// ```
    ///
    /// Told where the task names the very folder that a service mounts, and an owner letter by letter. Source: the
    /// Dockerfiles of Grafana (GF_UID 472), Loki and Tempo (`USER 10001`) and Prometheus (`USER nobody`, 65534 in its busybox);
    /// read 2026-11-28.
    RULE = "ansible-data-dir-owner", Warning, High, Look::File(&[Kind::Tasks, Kind::Playbook], check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    for (key, module) in document.maps().flat_map(Value::entries) {
        let makes = key.text().is_some_and(|name| name.trim_start_matches("ansible.builtin.") == "file");
        let Some(path) = module.get("path").or_else(|| module.get("dest")).filter(|_| makes) else { continue };
        let Some(path) = path.literal().map(|path| path.trim_end_matches('/')) else { continue };
        let Some(owner) = module.get("owner") else { continue };
        let Some(name) = owner.literal().filter(|name| name.parse::<u32>().is_err()) else { continue };
        let mounts = |service: &&Service| {
            !service.has("user") && service.mounts.iter().any(|mount| mount.is_host_path(&[path]) && !mount.read_only)
        };
        let service =
            project.services().filter(|service| Project::are_related(service.document, document)).find(mounts);
        let Some((service, program)) = service.and_then(|service| Some((service, service.program?))) else { continue };
        let Some(uid) = program.uid.filter(|_| name != program.name) else { continue };
        report
            .at(owner, format!("`{}` writes there as uid {uid}", service.name))
            .related(service.key, "this service mounts it")
            .help(format!("owner: \"{uid}\""));
    }
}
