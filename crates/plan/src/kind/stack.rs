//! A compose project of a host's with all that it stands on, or the units in its place.
//!
//! What it shall be is [`crate::stack::Stack`]; here is how that compares with what was seen. A file with marks is seen
//! as its marked text while what lies there is that text filled with the present values, so no digest of a
//! secret travels.

use super::directory::State;
use super::{Kind, SeenFiles};
use crate::stack::{Container, Image, Network, Phase, Provision, Repeats, short_digest};
use crate::{Difference, Digest, Effect, Verb};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

pub use crate::stack::Stack;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// By name; what is missing is left out, here and below.
    pub networks: BTreeMap<String, SeenNetwork>,
    pub directories: BTreeMap<String, State>,
    pub files: SeenFiles,
    /// Of the project, by their names in the compose file: also those that it no longer has.
    pub containers: BTreeMap<String, SeenContainer>,
    pub units: BTreeMap<String, SeenUnit>,
    /// The texts that compose last carried out whole.
    pub carried_out: Option<Digest>,
    /// What was provisioned by name, and from which text.
    pub provisioned: BTreeMap<String, Digest>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeenNetwork {
    pub subnet: Option<IpNet>,
    pub gateway: Option<IpAddr>,
    pub internal: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeenContainer {
    /// The image as it was asked for.
    pub image: String,
    /// What that name led to when the container was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The digests by which a registry has that image; asked for where one is wanted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub digests: Vec<String>,
    pub running: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeenUnit {
    pub enabled: bool,
    pub active: bool,
}

impl Network {
    /// The network once it has been made.
    fn seen(&self) -> SeenNetwork {
        SeenNetwork { subnet: Some(self.subnet), gateway: Some(self.gateway), internal: self.internal }
    }
}

impl SeenNetwork {
    fn words(&self) -> String {
        let subnet = self.subnet.map_or_else(|| "no subnet".to_owned(), |subnet| subnet.to_string());
        format!("{subnet}{}", if self.internal { ", no way out" } else { "" })
    }
}

impl Stack {
    /// Of everything that compose makes containers of.
    pub fn carried_out(&self) -> Digest {
        let files = self.files.iter().map(|file| (&file.file.path, &file.file.content));
        Digest::of_json(&(&self.name, files.collect::<Vec<_>>()))
    }

    /// What is carried out once, with the text that it is told by.
    pub fn once(&self) -> impl Iterator<Item = (&Provision, Digest)> {
        let once = self.provisions.iter().filter(|step| step.repeats == Repeats::WhenChanged);
        once.map(|step| (step, step.digest()))
    }

    /// The containers that the differences make anew.
    fn made_anew(&self, seen: &Observed) -> Vec<String> {
        let changed = |path: &String| {
            self.files
                .iter()
                .any(|file| file.file.path == *path && !file.file.differences(seen.files.get(path)).is_empty())
        };
        let paths: BTreeSet<&String> =
            self.files.iter().map(|file| &file.file.path).filter(|path| changed(path)).collect();
        let of_files =
            self.files.iter().filter(|file| paths.contains(&file.file.path)).flat_map(|file| &file.containers);
        let mut names: BTreeSet<&String> = of_files.collect();
        for container in &self.containers {
            let other =
                |seen: &SeenContainer| seen.image != container.image.reference || container.is_of_another_image(seen);
            if seen.containers.get(&container.name).is_some_and(other) {
                names.insert(&container.name);
            }
        }
        names.into_iter().filter(|name| seen.containers.contains_key(*name)).cloned().collect()
    }
}

impl Container {
    /// Whether the same name has led to something else than it shall.
    fn is_of_another_image(&self, seen: &SeenContainer) -> bool {
        let other_digest = self.image.digest.as_ref().is_some_and(|digest| !seen.digests.contains(digest));
        other_digest || (self.image.id.is_some() && self.image.id != seen.id)
    }

    /// What the image is and what it shall be, where its name says both.
    fn other_image(&self, seen: &SeenContainer) -> (String, String) {
        match &self.image.digest {
            Some(digest) => {
                let is = seen.digests.first().map_or_else(|| "not pinned".to_owned(), |digest| short_digest(digest));
                (is, short_digest(digest))
            }
            None => (short(&seen.id), short(&self.image.id)),
        }
    }
}

/// An image's id, short enough for a line.
fn short(id: &Option<String>) -> String {
    short_digest(id.as_deref().unwrap_or("another one"))
}

impl Provision {
    pub fn digest(&self) -> Digest {
        Digest::of_json(&(&self.container, &self.command, &self.input))
    }
}

impl Kind for Stack {
    type Observed = Observed;
    const NAME: &'static str = "stack";

    fn name(&self) -> String {
        self.name.clone()
    }

    fn differences(&self, seen: &Observed) -> Vec<Difference> {
        let mut found = Vec::new();
        for network in &self.networks {
            let field = format!("network {}", network.name);
            match seen.networks.get(&network.name) {
                None => found.push(Difference::add(&field, network.seen().words())),
                Some(seen) if *seen != network.seen() => {
                    found.push(Difference::change(&field, seen.words(), network.seen().words()));
                }
                Some(_) => {}
            }
        }
        for directory in &self.directories {
            let wanted = format!("{} {}:{}", directory.mode, directory.owner, directory.group);
            let is = seen.directories.get(&directory.path);
            let is = is.map(|it| format!("{} {}:{}", it.mode, it.owner, it.group));
            match is {
                None => found.push(Difference::add(&format!("folder {}", directory.path), wanted)),
                Some(is) => found.extend(Difference::between(&format!("folder {}", directory.path), &is, &wanted)),
            }
        }
        found.extend(self.files.iter().flat_map(|file| file.file.differences(seen.files.get(&file.file.path))));
        found.extend(self.container_differences(seen));
        for unit in &self.units {
            let word = |enabled, active| {
                format!(
                    "{}, {}",
                    if enabled { "enabled" } else { "disabled" },
                    if active { "active" } else { "stopped" }
                )
            };
            let is = seen.units.get(&unit.name).map(|seen| word(seen.enabled, seen.active)).unwrap_or_default();
            found.extend(Difference::between(&unit.name, &is, &word(unit.enabled, unit.active)));
        }
        for (step, digest) in self.once() {
            if seen.provisioned.get(&step.name) != Some(&digest) {
                found.push(Difference::add(&format!("provision {}", step.name), &step.container));
            }
        }
        // Everything lies there as it should, and was never carried out to its end.
        if found.is_empty() && seen.carried_out.as_ref() != Some(&self.carried_out()) {
            let from = if seen.carried_out.is_some() { "of other files" } else { "not known" };
            found.push(Difference::change("containers", from, "of these files"));
        }
        found
    }

    fn is_absent(&self, seen: &Observed) -> bool {
        seen.files.is_empty() && seen.containers.is_empty() && seen.carried_out.is_none()
    }

    fn settled(&self, _seen: &Observed) -> Observed {
        let state = |enabled, active| SeenUnit { enabled, active };
        Observed {
            networks: self.networks.iter().map(|network| (network.name.clone(), network.seen())).collect(),
            directories: self
                .directories
                .iter()
                .map(|it| {
                    let state = State { owner: it.owner.clone(), group: it.group.clone(), mode: it.mode };
                    (it.path.clone(), state)
                })
                .collect(),
            files: self.files.iter().map(|file| (file.file.path.clone(), file.file.state())).collect(),
            containers: self
                .containers
                .iter()
                .map(|it| {
                    let Image { reference, id, digest, .. } = it.image.clone();
                    let digests = digest.into_iter().collect();
                    (it.name.clone(), SeenContainer { image: reference, id, digests, running: true })
                })
                .collect(),
            units: self.units.iter().map(|unit| (unit.name.clone(), state(unit.enabled, unit.active))).collect(),
            carried_out: Some(self.carried_out()),
            provisioned: self.once().map(|(step, digest)| (step.name.clone(), digest)).collect(),
        }
    }

    fn effect(&self, verb: Verb, seen: &Observed) -> Effect {
        let restarts = match verb {
            Verb::Remove => seen.containers.keys().cloned().collect(),
            Verb::Add | Verb::Change => self.made_anew(seen),
        };
        // Docker writes filter rules of its own for each bridge and each published port.
        Effect { guarded: !self.networks.is_empty() || !self.containers.is_empty(), restarts, ..Effect::default() }
    }
}

impl Stack {
    fn container_differences(&self, seen: &Observed) -> Vec<Difference> {
        let mut found = Vec::new();
        for container in &self.containers {
            let wanted = &container.image.reference;
            match seen.containers.get(&container.name) {
                None => found.push(Difference::add(&format!("container {}", container.name), container.image.words())),
                Some(seen) => {
                    found.extend(match seen.image == *wanted {
                        true => None,
                        false => {
                            let field = format!("image of {}", container.name);
                            Some(Difference::change(&field, &seen.image, container.image.words()))
                        }
                    });
                    if seen.image == *wanted && container.is_of_another_image(seen) {
                        let field = format!("image of {}", container.name);
                        let (is, shall) = container.other_image(seen);
                        found.push(Difference::change(&field, is, shall));
                    }
                    if !seen.running {
                        found.push(Difference::change(&format!("container {}", container.name), "stopped", "running"));
                    }
                }
            }
        }
        let strays = seen.containers.iter().filter(|(name, _)| !self.containers.iter().any(|it| it.name == **name));
        found.extend(strays.map(|(name, seen)| Difference::drop(&format!("container {name}"), &seen.image)));
        found
    }

    /// Infrastructure comes before applications.
    pub fn is_infrastructure(&self) -> bool {
        self.phase == Phase::Infrastructure
    }
}
