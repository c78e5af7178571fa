use crate::compose::included;
use crate::rules::prelude::*;

use crate::compose::MountKind::Volume;

rule! {
    /// A service is on a network that the file does not define.
    ///
    /// Compose refuses the whole file: "service … refers to undefined network". Only `default` is there by itself.
    ///
    /// ```yaml compose.yaml bad
    /// services: { app: { image: "ghcr.io/acme/app:1.0.0", networks: [backend] } }
    /// networks: { backnd: {} }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services: { app: { image: "ghcr.io/acme/app:1.0.0", networks: [backend] } }
    /// networks: { backend: {} }
    /// ```
    ///
    /// Told where no Compose file of the project defines it, and this one is no piece of a larger one. The idea is docker compose's own check, `docker compose config`, tried
    /// with 2.26.1, 2026-11-27.
    NETWORK = "compose-undefined-network", Error, High, Look::Service(network)
}

rule! {
    /// A service uses a volume that the file does not define.
    ///
    /// Compose refuses the whole file: "service … refers to undefined volume". A folder of the host begins with `./`, `/` or `~`.
    ///
    /// ```yaml compose.yaml bad
    /// services: { app: { image: "ghcr.io/acme/app:1.0.0", volumes: ["data:/data"] } }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services: { app: { image: "ghcr.io/acme/app:1.0.0", volumes: ["data:/data", "./more:/more"] } }
    /// volumes: { data: {} }
    /// ```
    ///
    /// Told where no Compose file of the project defines it, and this one is no piece of a larger one. The idea is docker compose's own check, `docker compose config`, tried
    /// with 2.26.1, 2026-11-27.
    VOLUME = "compose-undefined-volume", Error, High, Look::Service(volume)
}

rule! {
    /// A service waits for one that is not there.
    ///
    /// Compose refuses the whole file: "service … depends on undefined service".
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   app: { image: "ghcr.io/acme/app:1.0.0", depends_on: [databse] }
    ///   database: { image: "postgres:18.1" }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   app: { image: "ghcr.io/acme/app:1.0.0", depends_on: [database] }
    ///   database: { image: "postgres:18.1" }
    /// ```
    ///
    /// Told where no Compose file of the project defines it, and this one is no piece of a larger one. The idea is docker compose's own check, `docker compose config`, tried
    /// with 2.26.1, 2026-11-27.
    SERVICE = "compose-undefined-service", Error, High, Look::Service(depends)
}

/// Whether somebody is still to write a name there.
fn is_left_open(name: &str) -> bool {
    name.contains('$') || is_mark(name) || is_placeholder(name)
}

/// Whether a file is meant to be used alone: one that is laid over others may lean on them.
fn stands_alone(project: &Project, service: &Service) -> bool {
    let file = service.document;
    let usual = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];
    usual.contains(&file.file_name())
        && (find(file, "include").is_none() || included(project, file).1)
        && file.templated.is_empty()
        && file.faults.is_empty()
}

/// Whether a name is surely not there: no Compose file of the project has it, and this one is no piece of a
/// larger one. It is none where it is the only one, defines others of the kind, or has a name that is nearly this.
fn is_missing(project: &Project, service: &Service, section: &str, name: &str) -> bool {
    let defines = |file: &Document| find(file, section).is_some_and(|all| all.get(name).is_some());
    let near = || project.of_kind(Kind::Compose).filter(|file| Project::are_related(file, service.document));
    // Nearly always its own file has it; a folder may have a thousand others.
    if defines(service.document) || near().any(defines) {
        return false;
    }
    let own = find(service.document, section).map(Value::entries).unwrap_or_default();
    let own: Vec<&str> = own.iter().filter_map(|(key, _)| key.text()).collect();
    let others = own.iter().copied().filter(|other| *other != service.name);
    // What includes others is the top of its project.
    let alone = near().nth(1).is_none() || find(service.document, "include").is_some();
    alone || piton_config::nearest(name, others).is_some() || section != "services" && !own.is_empty()
}

fn network(project: &Project, service: &Service, report: &mut Report) {
    if !stands_alone(project, service) {
        return;
    }
    let Some(list) = service.get("networks").filter(|list| list.document().path == service.document.path) else {
        return;
    };
    let names: Vec<Value> = match list.is_map() {
        true => list.entries().into_iter().map(|(key, _)| key).collect(),
        false => list.items().collect(),
    };
    for place in names {
        let Some(name) = place.literal().filter(|name| *name != "default" && !is_left_open(name)) else { continue };
        if is_missing(project, service, "networks", name) {
            report.at(place, format!("no network is called `{name}`: Compose refuses the file"));
        }
    }
}

fn volume(project: &Project, service: &Service, report: &mut Report) {
    if !stands_alone(project, service) {
        return;
    }
    for mount in service.mounts.iter().filter(|mount| mount.kind == Volume) {
        let Some(name) = mount.source.as_deref() else { continue };
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        let here = mount.value.document().path == service.document.path;
        if is_name && !is_left_open(name) && here && name.len() > 1 && is_missing(project, service, "volumes", name) {
            report
                .at(mount.value, format!("no volume is called `{name}`: Compose refuses the file"))
                .help(format!("volumes: {{ {name}: {{}} }}, or ./{name} for a folder"));
        }
    }
}

fn depends(project: &Project, service: &Service, report: &mut Report) {
    if !stands_alone(project, service) {
        return;
    }
    let Some(list) = service.depends_on().filter(|list| list.document().path == service.document.path) else { return };
    let needed: Vec<Value> = match list.is_map() {
        true => list
            .entries()
            .into_iter()
            .filter(|(_, how)| how.get("required").is_none_or(|value| value.truth() != Some(false)))
            .map(|(key, _)| key)
            .collect(),
        false => list.items().collect(),
    };
    for place in needed {
        let Some(name) = place.literal().filter(|name| !is_left_open(name)) else { continue };
        if is_missing(project, service, "services", name) {
            report.at(place, format!("no service is called `{name}`: Compose refuses the file"));
        }
    }
}
