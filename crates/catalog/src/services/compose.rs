//! One container as a service of a compose file.
//!
//! Every line comes from the form, and its reason with it. What a host must make beforehand (folders,
//! networks, variables) is `assemble.rs`'s to say; here it is only referred to.

use super::form::ContainerForm;
use super::scope::Scope;
use super::trouble::Trouble;
use super::words::volume_folder;
use super::yaml::{Yaml, quoted};
use piton_config::Origin;
use piton_plan::stack::Image;

/// While it starts, a container is asked more often: whoever waits for it goes on as soon as it is up.
const START_PERIOD: &str = "30s";
const START_INTERVAL: &str = "2s";

/// What the rest of the stack says of the container.
pub(super) struct Around<'a> {
    /// The name in the compose file.
    pub(super) name: &'a str,
    pub(super) image: &'a Image,
    pub(super) image_why: &'a str,
    /// Files that are mounted: path on the host, path in the container.
    pub(super) files: &'a [(String, String)],
    /// The digest of everything that is read only at the start.
    pub(super) digest: &'a str,
    pub(super) env_file: Option<&'a str>,
    pub(super) about: &'a str,
    /// Further variables of the site's.
    pub(super) env: &'a [(String, String)],
}

pub(super) fn service(yaml: &mut Yaml, scope: &Scope, form: &ContainerForm, around: &Around) -> Result<(), Trouble> {
    let why = |key: &str| form.why.get(key).map(String::as_str);
    yaml.comment(2, around.about);
    yaml.line(2, &format!("{}:", around.name), None);
    yaml.entry(4, "image", Some(&around.image.reference), Some(around.image_why));
    if let Some(build) = &around.image.build {
        yaml.entry(4, "build", Some(&beside(scope, build)), Some("no registry has it"));
    }
    yaml.entry(4, "container_name", Some(around.name), why("container_name"));
    yaml.entry(4, "restart", Some("unless-stopped"), why("restart"));
    yaml.entry(4, "runtime", scope.maybe(form.runtime.as_ref())?.as_deref(), why("runtime"));
    yaml.entry(4, "init", scope.scalar(form.init.as_ref())?.as_deref(), why("init"));
    yaml.entry(4, "pid", scope.maybe(form.pid.as_ref())?.as_deref(), why("pid"));
    if let Some(user) = scope.scalar(form.user.as_ref())? {
        yaml.line(4, &format!("user: {}", quoted(&user)), why("user"));
    }
    yaml.list(4, "group_add", &scope.texts(&form.groups)?, why("groups"));
    yaml.entry(4, "read_only", scope.scalar(form.read_only.as_ref())?.as_deref(), why("read_only"));
    yaml.entry(4, "privileged", scope.scalar(form.privileged.as_ref())?.as_deref(), why("privileged"));
    let lacking = &scope.world.site.lacking;
    let there = |wanted: Vec<String>, missing: &[String]| -> Vec<String> {
        wanted.into_iter().filter(|name| !missing.contains(name)).collect()
    };
    yaml.list(4, "devices", &there(scope.texts(&form.devices)?, &lacking.devices), why("devices"));
    yaml.list(4, "cap_drop", &scope.texts(&form.cap_drop)?, why("cap_drop"));
    yaml.list(4, "cap_add", &there(scope.texts(&form.cap_add)?, &lacking.capabilities), why("cap_add"));
    if form.no_new_privileges {
        yaml.list(4, "security_opt", &["no-new-privileges:true".to_owned()], why("no_new_privileges"));
    }
    yaml.list(4, "entrypoint", &scope.texts(&form.entrypoint)?, why("entrypoint"));
    words(yaml, "command", &scope.texts(&form.command)?, why("command"));
    environment(yaml, scope, form, around)?;
    network(yaml, scope, form)?;
    volumes(yaml, scope, form, around)?;
    tmpfs(yaml, scope, form)?;
    health(yaml, scope, form)?;
    limits(yaml, scope, form)?;
    yaml.entry(4, "shm_size", scope.scalar(form.shm.as_ref())?.as_deref(), why("shm"));
    yaml.entry(4, "stop_grace_period", scope.maybe(form.stop_grace.as_ref())?.as_deref(), why("stop_grace"));
    if let Some(most) = scope.world.site.lacking.open_files {
        yaml.line(4, "ulimits:", Some("the machine under this lab allows no more"));
        yaml.line(6, &format!("nofile: {most}"), None);
    }
    yaml.line(4, "labels:", None);
    yaml.line(6, &format!("piton.files: {}", around.digest), Some("another digest makes the container anew"));
    Ok(())
}

/// One word a line, where they are many.
fn words(yaml: &mut Yaml, key: &str, words: &[String], why: Option<&str>) {
    if words.len() < 3 {
        return yaml.list(4, key, words, why);
    }
    yaml.line(4, &format!("{key}:"), why);
    words.iter().for_each(|word| yaml.line(6, &format!("- {}", quoted(word)), None));
}

fn environment(yaml: &mut Yaml, scope: &Scope, form: &ContainerForm, around: &Around) -> Result<(), Trouble> {
    let mut lines = Vec::new();
    for (name, value) in &form.env {
        if around.env.iter().any(|(own, _)| own == name) {
            continue;
        }
        if let Some(value) = scope.scalar(Some(value))? {
            lines.push((name.as_str(), value, form.why.get(&format!("env.{name}")).map(String::as_str)));
        }
    }
    lines.extend(around.env.iter().map(|(name, value)| (name.as_str(), value.clone(), Some("the site says so"))));
    if !lines.is_empty() {
        yaml.line(4, "environment:", None);
        lines.iter().for_each(|(name, value, why)| yaml.line(6, &format!("{name}: {}", quoted(value)), *why));
    }
    if let Some(path) = around.env_file {
        yaml.list(
            4,
            "env_file",
            &[path.to_owned()],
            Some("secrets: only root reads it, and only its owner's container"),
        );
    }
    Ok(())
}

fn network(yaml: &mut Yaml, scope: &Scope, form: &ContainerForm) -> Result<(), Trouble> {
    let container = scope.container.as_deref();
    let why = |key: &str| form.why.get(key).map(String::as_str);
    if scope.world.on_host_network(&scope.seat, container) {
        yaml.entry(4, "network_mode", Some("host"), why("network_mode"));
        return Ok(());
    }
    let networks = scope.world.networks(&scope.seat, form);
    if !networks.is_empty() {
        yaml.line(4, "networks:", why("networks"));
        networks.iter().for_each(|network| yaml.line(6, &format!("- {}", *network.name), None));
    }
    let mut published = Vec::new();
    for (name, port) in &form.ports {
        let transport = if port.udp { "/udp" } else { "" };
        let given = form.why.get(&format!("ports.{name}")).or(port.why.as_ref());
        for address in scope.world.bound(&scope.seat, container, port) {
            let place = if address == "0.0.0.0" { String::new() } else { format!("{address}:") };
            let content = format!("- {}", quoted(&format!("{place}{0}:{0}{transport}", port.port)));
            let why = given.cloned().unwrap_or_else(|| where_bound(&address).to_owned());
            published.push((content, format!("{name}: {why}")));
        }
    }
    if !published.is_empty() {
        yaml.line(4, "ports:", None);
        published.iter().for_each(|(content, why)| yaml.line(6, content, Some(why)));
    }
    Ok(())
}

fn where_bound(address: &str) -> &'static str {
    match address {
        "0.0.0.0" => "open to the world",
        "127.0.0.1" => "on the loopback address, since Docker publishes past ufw",
        _ => "on this address alone, since Docker publishes past ufw",
    }
}

fn volumes(yaml: &mut Yaml, scope: &Scope, form: &ContainerForm, around: &Around) -> Result<(), Trouble> {
    let mut lines = Vec::new();
    for (name, volume) in &form.volumes {
        if scope.holds(volume.when.as_ref())? {
            let (path, at) = (volume_path(scope, name, volume)?, scope.text(&volume.at)?);
            let owner = scope.text(&volume.owner)?;
            let why = volume.why.clone().unwrap_or_else(|| format!("belongs to {owner}, as whom the program writes"));
            lines.push((format!("{}:{at}", beside(scope, &path)), Some(why)));
        }
    }
    for mount in &form.mounts {
        if scope.holds(mount.when.as_ref())? {
            let options: Vec<&str> =
                mount.read_only.then_some("ro").into_iter().chain(mount.options.as_deref()).collect();
            let options = if options.is_empty() { String::new() } else { format!(":{}", options.join(",")) };
            let (from, at) = (scope.text(&mount.from)?, scope.text(&mount.at)?);
            lines.push((format!("{from}:{at}{options}"), mount.why.clone()));
        }
    }
    lines.extend(around.files.iter().map(|(path, at)| (format!("{}:{at}:ro", beside(scope, path)), None)));
    if !lines.is_empty() {
        yaml.line(4, "volumes:", None);
        lines.iter().for_each(|(line, why)| yaml.line(6, &format!("- {}", quoted(line)), why.as_deref()));
    }
    Ok(())
}

/// Where a volume lies on the host.
pub(super) fn volume_path(scope: &Scope, name: &str, form: &super::form::VolumeForm) -> Result<String, Trouble> {
    let directory = scope.world.directory(&scope.seat);
    let written = scope.maybe(form.path.as_ref())?;
    let path = written.unwrap_or_else(|| volume_folder(&scope.world, &scope.seat, name));
    Ok(if path.starts_with('/') { path } else { format!("{directory}/{path}") })
}

/// A path below the project's folder, as compose would have it.
fn beside(scope: &Scope, path: &str) -> String {
    let directory = scope.world.directory(&scope.seat);
    path.strip_prefix(&format!("{directory}/")).map_or_else(|| path.to_owned(), |inner| format!("./{inner}"))
}

fn tmpfs(yaml: &mut Yaml, scope: &Scope, form: &ContainerForm) -> Result<(), Trouble> {
    let mounts = scope.texts(&form.tmpfs)?;
    if !mounts.is_empty() {
        yaml.line(4, "tmpfs:", form.why.get("tmpfs").map(String::as_str));
        mounts.iter().for_each(|mount| {
            let path = mount.split(':').next().unwrap_or(mount);
            let why = form.why.get(&format!("tmpfs.{path}")).map(String::as_str);
            yaml.line(6, &format!("- {}", quoted(mount)), why);
        });
    }
    Ok(())
}

fn health(yaml: &mut Yaml, scope: &Scope, form: &ContainerForm) -> Result<(), Trouble> {
    let health = &form.health;
    let test = scope.texts(&health.test)?;
    if test.is_empty() && health.url.is_some() {
        yaml.comment(
            4,
            &format!("No healthcheck: {}", health.why.as_deref().unwrap_or("the host asks it from outside")),
        );
        return Ok(());
    }
    if test.is_empty() {
        let what =
            format!("`{}` has no health check, so nobody could tell whether it came up", scope.world.name(&scope.seat));
        let origin: &Origin = &scope.origin();
        return Err(Trouble::new("service/no-health", what, "give it a `health.test` with a tool that its image has")
            .at(origin));
    }
    yaml.line(4, "healthcheck:", None);
    yaml.list(6, "test", &test, health.why.as_deref());
    yaml.entry(6, "interval", Some(&scope.text(&health.interval)?), None);
    yaml.entry(6, "timeout", Some(&scope.text(&health.timeout)?), None);
    yaml.line(6, &format!("retries: {}", health.retries), None);
    let start = scope.maybe(health.start_period.as_ref())?.unwrap_or_else(|| START_PERIOD.to_owned());
    yaml.entry(6, "start_period", Some(&start), form.why.get("health.start_period").map(String::as_str));
    yaml.entry(6, "start_interval", Some(START_INTERVAL), None);
    Ok(())
}

fn limits(yaml: &mut Yaml, scope: &Scope, form: &ContainerForm) -> Result<(), Trouble> {
    let why = |key: &str| form.why.get(key).map(String::as_str);
    let cpus = scope.scalar(form.cpus.as_ref())?.filter(|_| !scope.world.site.lacking.cpu_limits);
    let memory = scope.scalar(form.memory.as_ref())?;
    let reserved = (scope.scalar(form.reserve.memory.as_ref())?, scope.scalar(form.reserve.cpus.as_ref())?);
    yaml.line(4, "deploy:", None);
    yaml.line(6, "resources:", None);
    if memory.is_some() || cpus.is_some() || form.pids.is_some() {
        yaml.line(8, "limits:", None);
        yaml.entry(10, "memory", memory.as_deref(), why("memory"));
        if let Some(cpus) = cpus {
            yaml.line(10, &format!("cpus: {}", quoted(&cpus)), why("cpus"));
        }
        if let Some(pids) = form.pids {
            yaml.line(10, &format!("pids: {pids}"), why("pids"));
        }
    }
    if reserved.0.is_some() || reserved.1.is_some() {
        yaml.line(8, "reservations:", None);
        yaml.entry(10, "memory", reserved.0.as_deref(), why("reserve.memory"));
        if let Some(cpus) = reserved.1 {
            yaml.line(10, &format!("cpus: {}", quoted(&cpus)), why("reserve.cpus"));
        }
    }
    Ok(())
}
