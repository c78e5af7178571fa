//! Docker's engine of this host, asked through its own program.
//!
//! What exists of a compose project is known by the labels that compose puts on its containers, so that it is found
//! also where the compose file has gone. Nothing here knows what a project shall be; see `kind/stack`.

use crate::system::{Call, Fault, FaultCode, System};
use ipnet::IpNet;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::Duration;

pub(crate) const SOCKET: &str = "/run/docker.sock";
const ENGINE_RUNS: &str = "/run/docker.pid";
const SERVICE: &str = "com.docker.compose.service";
const PROJECT: &str = "com.docker.compose.project";
const CONFIG_FILES: &str = "com.docker.compose.project.config_files";
/// compose's mark on what `compose run` made: it belongs to a service, and is none of its containers.
const ONE_OFF: &str = "com.docker.compose.oneoff";

/// Pulling or building one image may take as long as this.
pub(crate) const IMAGE_PATIENCE: Duration = Duration::from_secs(900);
/// For what compose does once its images are there.
pub(crate) const COMPOSE_PATIENCE: Duration = Duration::from_secs(180);

/// A container as `docker inspect` tells of it, as far as anybody asks.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Container {
    pub(crate) id: String,
    /// With a slash before it, as Docker has it.
    #[serde(default)]
    name: String,
    /// The digest of the image it was made of.
    pub(crate) image: String,
    config: Config,
    pub(crate) state: State,
    /// How often Docker has started it anew by itself.
    #[serde(default)]
    pub(crate) restart_count: u32,
    #[serde(default)]
    network_settings: NetworkSettings,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Config {
    image: String,
    #[serde(default)]
    labels: Option<BTreeMap<String, String>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct State {
    /// `running`, `exited`, `restarting`…
    pub(crate) status: String,
    pub(crate) exit_code: i64,
    /// The number of its first process on the host.
    #[serde(default)]
    pub(crate) pid: u32,
    pub(crate) health: Option<Health>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Health {
    /// `starting`, `healthy`, `unhealthy`.
    pub(crate) status: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NetworkSettings {
    #[serde(default)]
    networks: BTreeMap<String, Endpoint>,
}

#[derive(Clone, Debug, Deserialize)]
struct Endpoint {
    #[serde(rename = "IPAddress", default)]
    address: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Network {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) internal: bool,
    #[serde(rename = "IPAM", default)]
    ipam: Ipam,
    #[serde(default)]
    pub(crate) containers: BTreeMap<String, serde_json::Value>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Ipam {
    #[serde(default)]
    config: Option<Vec<IpamConfig>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct IpamConfig {
    subnet: Option<IpNet>,
    gateway: Option<IpAddr>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Image {
    #[serde(rename = "RootFS", default)]
    root_fs: RootFs,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Pulled {
    id: String,
    #[serde(default)]
    repo_digests: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RootFs {
    #[serde(default)]
    layers: Vec<String>,
}

impl Container {
    /// The name that `docker ps` shows.
    pub(crate) fn name(&self) -> &str {
        self.name.trim_start_matches('/')
    }

    pub(crate) fn project(&self) -> Option<&str> {
        self.label(PROJECT)
    }

    /// Its name in the compose file.
    pub(crate) fn service(&self) -> Option<&str> {
        self.label(SERVICE)
    }

    /// The compose files that it was made from, as compose noted them.
    pub(crate) fn config_files(&self) -> Option<&str> {
        self.label(CONFIG_FILES)
    }

    fn is_one_off(&self) -> bool {
        self.label(ONE_OFF).is_some_and(|word| word.eq_ignore_ascii_case("true"))
    }

    /// The networks that it is in.
    pub(crate) fn networks(&self) -> impl Iterator<Item = &str> {
        self.network_settings.networks.keys().map(String::as_str)
    }

    fn label(&self, name: &str) -> Option<&str> {
        self.config.labels.as_ref()?.get(name).map(String::as_str)
    }

    /// The image as it was asked for.
    pub(crate) fn reference(&self) -> &str {
        &self.config.image
    }

    pub(crate) fn is_running(&self) -> bool {
        self.state.status == "running"
    }

    /// It ended, and Docker is about to start it once more.
    pub(crate) fn is_starting_again(&self) -> bool {
        self.state.status == "restarting"
    }

    pub(crate) fn is_healthy(&self) -> bool {
        self.is_running() && self.state.health.as_ref().is_none_or(|health| health.status == "healthy")
    }

    /// Its own address, in whichever network.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        self.addresses().next()
    }

    /// Its own addresses, one for each network.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.network_settings.networks.values().filter_map(|endpoint| endpoint.address.parse().ok())
    }
}

impl Network {
    pub(crate) fn subnet(&self) -> Option<IpNet> {
        self.ipam.config.iter().flatten().find_map(|config| config.subnet)
    }

    pub(crate) fn gateway(&self) -> Option<IpAddr> {
        self.ipam.config.iter().flatten().find_map(|config| config.gateway)
    }
}

/// Whether there is an engine to ask. Where there is none, no container runs.
pub(crate) fn is_there(system: &System) -> bool {
    system.program("docker").is_some() && (!system.is_host() || system.exists(SOCKET))
}

/// All containers of a compose project, running or not.
pub(crate) fn containers(system: &System, project: &str) -> Result<Vec<Container>, Fault> {
    Ok(all_of(system, project)?.into_iter().filter(|container| !container.is_one_off()).collect())
}

/// What runs, or ran, beside a project's containers for a trial.
pub(crate) fn trials(system: &System, project: &str) -> Result<Vec<Container>, Fault> {
    Ok(all_of(system, project)?.into_iter().filter(Container::is_one_off).collect())
}

/// Every container that runs, whoever started it. An engine that does not run is not woken up for the question.
pub(crate) fn running(system: &System) -> Result<Vec<Container>, Fault> {
    match is_there(system) && system.exists(ENGINE_RUNS) {
        true => listed(system, &[]),
        false => Ok(Vec::new()),
    }
}

fn all_of(system: &System, project: &str) -> Result<Vec<Container>, Fault> {
    if !is_there(system) {
        return Ok(Vec::new());
    }
    listed(system, &["--all", "--filter", &format!("label={PROJECT}={project}")])
}

/// The containers that `docker ps` lists with these words.
fn listed(system: &System, words: &[&str]) -> Result<Vec<Container>, Fault> {
    let ids = system.run_ok(&[&["docker", "ps", "--no-trunc", "--quiet"], words].concat())?;
    let ids: Vec<&str> = ids.split_whitespace().collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut argv = vec!["docker", "container", "inspect"];
    argv.extend(ids);
    let ran = system.run(&argv)?;
    // One that has gone in between is left out of what is printed.
    read(&ran.stdout)
}

/// One container of a project, by its name in the compose file.
pub(crate) fn container(system: &System, project: &str, service: &str) -> Result<Option<Container>, Fault> {
    Ok(containers(system, project)?.into_iter().find(|container| container.service() == Some(service)))
}

/// Networks by name, those that are there.
pub(crate) fn networks(system: &System, names: &[&str]) -> Result<Vec<Network>, Fault> {
    if names.is_empty() || !is_there(system) {
        return Ok(Vec::new());
    }
    let mut argv = vec!["docker", "network", "inspect"];
    argv.extend(names);
    let call = Call::new(&argv);
    let ran = system.call(&call)?;
    match ran.ok() || ran.stderr.contains("not found") || ran.stderr.contains("No such network") {
        true => Ok(read::<Network>(&ran.stdout)?.into_iter().filter(|it| names.contains(&it.name.as_str())).collect()),
        false => Err(ran.fault(&call)),
    }
}

/// The digest that a name of an image leads to here; none where there is no such image.
pub(crate) fn image(system: &System, reference: &str) -> Result<Option<String>, Fault> {
    let call = Call::new(&["docker", "image", "inspect", "--format", "{{.Id}}", reference]);
    let ran = system.call(&call)?;
    match ran.ok() {
        true => Ok(Some(ran.stdout.trim().to_owned())),
        false if ran.stderr.contains("No such image") => Ok(None),
        false => Err(ran.fault(&call)),
    }
}

/// The digests by which registries have these images, by their ids.
pub(crate) fn digests(system: &System, ids: &[&str]) -> Result<BTreeMap<String, Vec<String>>, Fault> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut argv = vec!["docker", "image", "inspect"];
    argv.extend(ids);
    // One that was removed under a running container is left out of what is printed.
    let found: Vec<Pulled> = read(&system.run(&argv)?.stdout)?;
    let digest = |name: String| name.split_once('@').map(|(_, digest)| digest.to_owned());
    let of = |it: Pulled| (it.id, it.repo_digests.unwrap_or_default().into_iter().filter_map(digest).collect());
    Ok(found.into_iter().map(of).collect())
}

/// The ids of all images, and their layers from the ground up.
pub(crate) fn images(system: &System) -> Result<(BTreeSet<String>, Vec<Vec<String>>), Fault> {
    let said = system.run_ok(&["docker", "image", "ls", "--no-trunc", "--quiet"])?;
    let ids: BTreeSet<String> = said.split_whitespace().map(str::to_owned).collect();
    if ids.is_empty() {
        return Ok(Default::default());
    }
    let mut argv = vec!["docker", "image", "inspect"];
    argv.extend(ids.iter().map(String::as_str));
    // One that has gone in between is left out of what is printed.
    let found: Vec<Image> = read(&system.run(&argv)?.stdout)?;
    let layers = found.into_iter().map(|image| image.root_fs.layers);
    Ok((ids, layers.collect::<BTreeSet<_>>().into_iter().collect()))
}

/// Stops containers and takes them away; their volumes stay.
pub(crate) fn remove(system: &System, containers: &[&Container]) -> Result<(), Fault> {
    if containers.is_empty() {
        return Ok(());
    }
    let ids = || containers.iter().map(|container| container.id.as_str());
    // Stopped in peace first: a database that is killed has to recover.
    let mut stop = vec!["docker", "container", "stop"];
    stop.extend(ids());
    system.call_ok(&Call::new(&stop).deadline(COMPOSE_PATIENCE))?;
    let mut remove = vec!["docker", "container", "rm", "--force"];
    remove.extend(ids());
    system.run_ok(&remove).map(drop)
}

/// Takes a network away unless somebody is in it, or it has gone already.
pub(crate) fn remove_network_if_unused(system: &System, name: &str) -> Result<(), Fault> {
    match networks(system, &[name])?.first() {
        Some(network) if network.containers.is_empty() => system.run_ok(&["docker", "network", "rm", name]).map(drop),
        _ => Ok(()),
    }
}

/// Runs compose for one project.
pub(crate) fn compose(
    system: &System,
    project: &str,
    file: &str,
    words: &[&str],
    within: Duration,
) -> Result<(), Fault> {
    let mut argv =
        vec!["docker", "compose", "--ansi", "never", "--progress", "quiet", "--project-name", project, "--file", file];
    argv.extend(words);
    let call = Call::new(&argv).deadline(within);
    let ran = system.call(&call)?;
    match ran.ok() {
        true => Ok(()),
        false if ran.stderr.contains("is not a docker command") || ran.stderr.contains("unknown flag") => {
            let what = "this host has no docker compose (version 2)";
            Err(Fault::new(FaultCode::MissingProgram, what)
                .help("name the package that brings it: docker-compose on Debian 13, docker-compose-v2 on Ubuntu"))
        }
        false => Err(ran.fault(&call)),
    }
}

/// Whether compose would make a service's container anew, by its own word.
pub(crate) fn would_recreate(system: &System, project: &str, file: &str, service: &str) -> Result<bool, Fault> {
    let mut argv = vec!["docker", "compose", "--ansi", "never", "--progress", "plain", "--dry-run"];
    argv.extend(["--project-name", project, "--file", file]);
    argv.extend(["up", "--detach", "--no-build", "--no-deps", "--pull", "never", service]);
    let ran = system.call(&Call::new(&argv).deadline(COMPOSE_PATIENCE))?;
    // One that knows no dry run may do so: to try the new one in vain costs a moment.
    Ok(!ran.ok() || ran.stderr.contains("Recreate") || ran.stdout.contains("Recreate"))
}

fn read<T: DeserializeOwned>(json: &str) -> Result<Vec<T>, Fault> {
    let unread = |error| Fault::new(FaultCode::Unreadable, "Docker's answer cannot be understood").because(error);
    serde_json::from_str(json).map_err(unread)
}
