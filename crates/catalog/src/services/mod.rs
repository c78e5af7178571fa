//! The services of a site: forms, templates, and the stacks that they come to.
//!
//! `form.rs` is what a `service.toml` may say, `folder.rs` where it and its templates come from, `world.rs` who
//! reaches whom, `ports.rs` what opens on the host, `scope.rs` and `words.rs` what templates know, `compose.rs` one container,
//! `assemble.rs` the whole. Decision 0016 says why it is like this.

mod assemble;
mod compose;
mod dotenv;
mod entry;
mod folder;
mod form;
mod gate;
mod host;
mod needs;
mod ports;
mod scope;
mod trouble;
mod whole;
mod words;
mod world;
mod yaml;

pub use entry::{Choice, Named, SecretWord, ServiceEntry, entries, explain_services};
pub(crate) use host::{filter_rules, resources};
pub use needs::{NeededSecret, secret_needs};
pub use ports::{Page, PlacedPort};

use crate::CatalogProblem;
use piton_config::{Host, NetworkSettings, Origin, Site};
use piton_plan::stack::{Network, Stack};
use std::sync::Arc;
use world::World;

/// The services of a site, placed.
#[derive(Debug)]
pub(crate) struct Services {
    world: Arc<World>,
}

impl Services {
    pub(crate) fn of(site: &Site, host: &Host) -> Result<Services, Vec<CatalogProblem>> {
        let world = World::of(site);
        let world = world
            .map_err(|found| found.into_iter().map(|it| trouble::of_problem(it, &host.name)).collect::<Vec<_>>())?;
        Ok(Services { world: Arc::new(world) })
    }

    pub(crate) fn ports(&self, host: &Host) -> Vec<PlacedPort> {
        ports::of_host(self, host)
    }

    /// The networks with a subnet that compose files of a host have by themselves, each with its place.
    pub(crate) fn own_subnets(&self, host: &Host) -> Vec<(Network, Origin)> {
        ports::subnets_of_host(self, host)
    }

    pub(crate) fn docker_name(&self, network: &NetworkSettings) -> String {
        self.world.docker_name(network)
    }

    /// The stacks of one host, infrastructure first; or all that is wrong with them.
    pub(crate) fn stacks(&self, host: &Host) -> Result<Vec<Stack>, Vec<CatalogProblem>> {
        let seats = self.world.seats.iter().filter(|seat| self.world.host(seat).name == host.name);
        let mut troubles: Vec<_> = seats.flat_map(|seat| gate::missing(&self.world, seat)).collect();
        troubles.extend(gate::vpn_only(&self.world));
        let stacks = match troubles.is_empty() {
            true => assemble::stacks(&self.world, &host.name),
            false => Err(troubles),
        };
        stacks.map_err(|found| found.into_iter().map(|trouble| trouble.on(&host.name)).collect())
    }
}

/// What the services of a host open there, and because of which line of the site.
pub fn ports(site: &Site, host: &Host) -> Vec<PlacedPort> {
    Services::of(site, host).map_or_else(|_| Vec::new(), |services| ports::of_host(&services, host))
}

/// The texts that problems of services point into, by the name they have there.
pub fn service_texts(site: &Site) -> Vec<(String, String)> {
    let files = site.services.iter().map(|placement| format!("services/{}/service.toml", *placement.is));
    let forms = files.filter_map(|file| Some((file.clone(), folder::text_of(site, &file)?.to_owned())));
    let templates = site.services.iter().flat_map(|placement| {
        placement.template_files.iter().filter_map(|(name, file)| {
            let text = placement.templates.get(name)?;
            Some((beside(&text.origin.span()?.file, file), text.value.clone()))
        })
    });
    forms.chain(templates).collect()
}

/// A file that the site names, as the operator would name it: from the folder of the site file.
fn beside(site: &str, file: &str) -> String {
    let file = file.strip_prefix("./").unwrap_or(file);
    match site.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{file}"),
        None => file.to_owned(),
    }
}
