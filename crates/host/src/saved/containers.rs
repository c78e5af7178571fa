//! The containers of a compose project: which ran, of which images, and putting them back.
//!
//! Images are known by their digest: a tag may lead to another one by now, and is pointed back first. A project that
//! had no container loses those that came; volumes and folders are not touched here.

use super::{Project, Saved};
use crate::docker;
use crate::system::{Fault, FaultCode, System};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// What existed of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectSaved {
    /// By their names in the compose file.
    pub containers: BTreeMap<String, ContainerSaved>,
    /// The compose file that they were made from.
    pub file: Option<String>,
    /// Those of its networks that were there.
    pub networks: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerSaved {
    pub reference: String,
    /// The image's digest.
    pub image: String,
    pub running: bool,
    pub healthy: bool,
}

/// How long what was healthy may take to be so again.
const PATIENCE: Duration = Duration::from_secs(180);
const PAUSE: Duration = Duration::from_millis(250);

pub(super) fn read(system: &System, project: &Project) -> Result<ProjectSaved, Fault> {
    let found = docker::containers(system, &project.name)?;
    let names: Vec<&str> = project.networks.iter().map(String::as_str).collect();
    let networks = docker::networks(system, &names)?.into_iter().map(|network| network.name).collect();
    let file =
        found.iter().find_map(|it| it.config_files()).and_then(|files| files.split(',').next()).map(str::to_owned);
    let containers = found.iter().filter_map(|it| {
        let saved = ContainerSaved {
            reference: it.reference().to_owned(),
            image: it.image.clone(),
            running: it.is_running(),
            healthy: it.is_healthy(),
        };
        Some((it.service()?.to_owned(), saved))
    });
    Ok(ProjectSaved { containers: containers.collect(), file, networks })
}

/// Takes away the containers and networks that were not there. Comes before files and folders are
/// put back: a container that goes on would write into them.
pub(super) fn quieten(system: &System, saved: &[Saved]) -> Vec<Fault> {
    projects(saved).filter_map(|(project, before)| leave(system, project, before).err()).collect()
}

fn leave(system: &System, project: &Project, before: &ProjectSaved) -> Result<(), Fault> {
    let now = docker::containers(system, &project.name)?;
    let came = now.iter().filter(|it| it.service().is_none_or(|name| !before.containers.contains_key(name)));
    let trials = docker::trials(system, &project.name)?;
    docker::remove(system, &came.chain(&trials).collect::<Vec<_>>())?;
    for network in project.networks.iter().filter(|name| !before.networks.contains(*name)) {
        docker::remove_network_if_unused(system, network)?;
    }
    Ok(())
}

/// Has compose make what ran before out of the files that are back, and waits until it answers as it did.
pub(super) fn wake(system: &System, saved: &[Saved]) -> Vec<Fault> {
    projects(saved).filter_map(|(project, before)| again(system, project, before).err()).collect()
}

fn again(system: &System, project: &Project, before: &ProjectSaved) -> Result<(), Fault> {
    let Some(file) = before.file.as_ref().filter(|_| !before.containers.is_empty()) else { return Ok(()) };
    for container in before.containers.values() {
        if docker::image(system, &container.reference)?.as_ref() != Some(&container.image) {
            system.run_ok(&["docker", "image", "tag", &container.image, &container.reference])?;
        }
    }
    let running = before.containers.iter().filter(|(_, it)| it.running).map(|(name, _)| name.as_str());
    let mut up = vec!["up", "--detach", "--no-build", "--no-deps", "--pull", "never"];
    up.extend(running);
    docker::compose(system, &project.name, file, &up, docker::COMPOSE_PATIENCE)?;
    let until = Instant::now() + PATIENCE;
    for (name, container) in before.containers.iter().filter(|(_, it)| it.running) {
        while !is_back(system, project, name, container)? {
            if Instant::now() >= until {
                let what = format!("the container {name} of {} is not as healthy as it was before", project.name);
                return Err(Fault::new(FaultCode::NotRestored, what).help("look at it: `docker logs`"));
            }
            std::thread::sleep(PAUSE);
        }
    }
    Ok(())
}

fn is_back(system: &System, project: &Project, name: &str, before: &ContainerSaved) -> Result<bool, Fault> {
    let now = docker::container(system, &project.name, name)?;
    Ok(now.is_some_and(|now| now.is_running() && (now.is_healthy() || !before.healthy)))
}

/// Whether everything that ran runs again, of the very same images, and nothing else is there.
pub(super) fn as_before(before: &ProjectSaved, now: &ProjectSaved) -> bool {
    let back = |(name, was): (&String, &ContainerSaved)| {
        now.containers.get(name).is_some_and(|now| now.image == was.image && (now.running || !was.running))
    };
    before.containers.iter().all(back)
        && now.containers.keys().all(|name| before.containers.contains_key(name))
        && before.networks.is_subset(&now.networks)
}

fn projects(saved: &[Saved]) -> impl Iterator<Item = (&Project, &ProjectSaved)> {
    saved.iter().filter_map(|saved| match saved {
        Saved::Project { project, before } => Some((project, before)),
        _ => None,
    })
}
