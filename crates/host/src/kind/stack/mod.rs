//! A compose project with all that it stands on.
//!
//! Carried out in the order of [`Stack`]'s fields: what must be true first, networks, folders, files, images, then one
//! container after the other, each with its gate before the next one starts, so that what needs a database
//! finds one. What fails anywhere is put back by the footprint: files, the containers of the images that ran, and
//! the networks. Volumes' folders are never emptied.
//!
//! `files.rs` fills marks, `network.rs` makes networks, `start.rs` starts containers, `beside.rs` tries a new one beside
//! the old one, `gate.rs` waits for them, `said.rs` has what they
//! said last, `provision.rs` runs what is run in them, `record.rs` remembers what cannot be seen.

mod beside;
mod files;
mod gate;
mod network;
mod provision;
mod record;
mod requires;
mod said;
mod start;

use super::{HostKind, Look, confirm};
use crate::docker::{self, COMPOSE_PATIENCE, IMAGE_PATIENCE};
use crate::saved::{Footprint, Project, Settle, Subject};
use crate::system::accounts::Accounts;
use crate::system::files::{Standing, in_the_way};
use crate::system::folder::Access;
use crate::system::{Fault, System};
use piton_plan::Mode;
use piton_plan::kind::Stack;
use piton_plan::kind::directory::State;
use piton_plan::kind::stack::{Observed, SeenContainer, SeenNetwork, SeenUnit};
use piton_plan::stack::{Container, StackDirectory};
use record::Recorded;
use std::collections::BTreeMap;
use std::time::Duration;

impl HostKind for Stack {
    fn observe(&self, system: &System, look: &Look<'_>) -> Result<Observed, Fault> {
        let recorded = Recorded::read(system, &self.name)?;
        let accounts = look.accounts()?;
        let names: Vec<&str> = self.networks.iter().map(|network| network.name.as_str()).collect();
        let networks = docker::networks(system, &names)?.into_iter().map(|it| {
            let seen = SeenNetwork { subnet: it.subnet(), gateway: it.gateway(), internal: it.internal };
            (it.name, seen)
        });
        let found = docker::containers(system, &self.name)?;
        let images: Vec<&str> = found.iter().map(|it| it.image.as_str()).collect();
        let pinned = self.containers.iter().any(|container| container.image.digest.is_some());
        let digests = if pinned { docker::digests(system, &images)? } else { BTreeMap::new() };
        let containers = found.iter().filter_map(|it| {
            let seen = SeenContainer {
                digests: digests.get(&it.image).cloned().unwrap_or_default(),
                image: it.reference().to_owned(),
                id: Some(it.image.clone()),
                // One that waits for others may come up later, and Docker sees to that.
                running: it.is_running() || (it.is_starting_again() && may_come_later(self, it.service())),
            };
            Some((it.service()?.to_owned(), seen))
        });
        let units = self.units.iter().map(|unit| {
            let state = look.unit(&unit.name)?;
            Ok((unit.name.clone(), SeenUnit { enabled: state.is_enabled(), active: state.is_active() }))
        });
        Ok(Observed {
            networks: networks.collect(),
            directories: directories(self, system, accounts)?,
            files: files::seen(self, system, accounts, &recorded)?,
            containers: containers.collect(),
            units: units.collect::<Result<_, Fault>>()?,
            carried_out: recorded.carried_out,
            provisioned: recorded.provisioned,
        })
    }

    fn footprint(&self) -> Footprint {
        let project = Project {
            name: self.name.clone(),
            networks: self.networks.iter().map(|network| network.name.clone()).collect(),
        };
        let folders = self.directories.iter().map(|it| Subject::Folder { path: it.path.clone(), data: it.data });
        let files = self.files.iter().map(|file| match file.secret {
            true => Subject::Secret(file.file.path.clone()),
            false => Subject::Path(file.file.path.clone()),
        });
        let units = self.units.iter().map(|unit| Subject::Unit(unit.name.clone()));
        let subjects = [Subject::Project(project), Subject::Path(record::path(&self.name))];
        let mut footprint = Footprint::of(subjects.into_iter().chain(folders).chain(files).chain(units));
        if self.files.iter().any(|file| files::is_unit_file(&file.file.path)) {
            footprint = footprint.settled_by(Settle::DaemonReload);
        }
        let settled = |footprint: Footprint, unit: &String| footprint.settled_by(Settle::Restart(unit.clone()));
        start::restarted_units(self).iter().fold(footprint, settled)
    }

    fn preflight(&self, system: &System) -> Result<(), Fault> {
        self.networks.iter().try_for_each(|network| network::check(system, network))?;
        self.own_networks.iter().try_for_each(|network| network::check_own(system, network))?;
        files::check(self, system)
    }

    fn apply(&self, system: &System) -> Result<(), Fault> {
        requires::check(self, system)?;
        self.networks.iter().try_for_each(|network| network::make(system, network))?;
        let accounts = Accounts::read(system)?;
        self.directories.iter().try_for_each(|directory| make_directory(system, &accounts, directory))?;
        let mut recorded = Recorded::read(system, &self.name)?;
        let written = files::write(self, system, &accounts, &mut recorded)?;
        // From here on what is recorded as carried out is not true any more.
        recorded.carried_out = None;
        recorded.write(system, &self.name)?;
        start::units(self, system, &written)?;
        start::containers(self, system, &written, &mut recorded)?;
        recorded.carried_out = Some(self.carried_out());
        recorded.write(system, &self.name)?;
        confirm::took_effect(self, system)
    }

    fn units(&self) -> Vec<String> {
        self.units.iter().map(|unit| unit.name.clone()).collect()
    }
}

/// As long as every image may have to be pulled and every container may take to be ready.
pub(super) fn patience(stack: &Stack) -> Duration {
    let ready: u64 = stack.containers.iter().map(|container| u64::from(container.ready.within_seconds)).sum();
    let images = u32::try_from(stack.containers.len()).unwrap_or(u32::MAX);
    Duration::from_secs(300 + ready) + (IMAGE_PATIENCE + COMPOSE_PATIENCE).saturating_mul(images)
}

fn may_come_later(stack: &Stack, service: Option<&str>) -> bool {
    stack.containers.iter().any(|known| Some(known.name.as_str()) == service && !known.ready.blocks)
}

/// Waits until a container that was told to begin anew is ready.
pub(crate) fn ready(system: &System, stack: &str, container: &Container) -> Result<(), Fault> {
    gate::again(system, stack, container)
}

fn directories(stack: &Stack, system: &System, accounts: &Accounts) -> Result<BTreeMap<String, State>, Fault> {
    let mut seen = BTreeMap::new();
    for directory in &stack.directories {
        if let Some(stat) = system.stat(&directory.path)?
            && Standing::of(Some(&stat)) == Standing::Directory
        {
            let state = State {
                owner: as_written(&directory.owner, stat.st_uid, accounts.user_name(stat.st_uid)),
                group: as_written(&directory.group, stat.st_gid, accounts.group_name(stat.st_gid)),
                mode: Mode(stat.st_mode & 0o7777),
            };
            seen.insert(directory.path.clone(), state);
        }
    }
    Ok(seen)
}

/// A stack names the owners of what containers write by number; some user of the host's may have that number, too.
fn as_written(wanted: &str, id: u32, name: String) -> String {
    match wanted.parse::<u32>() {
        Ok(number) if number == id => wanted.to_owned(),
        _ => name,
    }
}

fn make_directory(system: &System, accounts: &Accounts, wanted: &StackDirectory) -> Result<(), Fault> {
    match system.standing(&wanted.path)? {
        Standing::Nothing | Standing::Directory => {}
        other => return Err(in_the_way(&wanted.path, other, "directory")),
    }
    let access = Access::new(accounts.uid(&wanted.owner)?, accounts.gid(&wanted.group)?, wanted.mode.0);
    system.make_parents(&wanted.path)?;
    let (above, name) = system.existing_folder_above(&wanted.path)?;
    above.make(name, &access).map(drop)
}
