//! All services of a site, each where it is placed, and how one is reached from another.
//!
//! The one place that knows both ends: where a program listens follows from who may reach it and on
//! which network it is, and so does the address that others are given.

use super::folder::Folder;
use super::form::{ContainerForm, Form, PortForm, To};
use super::words::gateway;
use piton_config::{Host, NetworkSettings, Placement, Problem, Site, StackSettings, VpnOnly};
use piton_plan::stack::Phase;
use std::net::IpAddr;
use std::sync::Arc;

/// A site with the forms of its services.
#[derive(Debug)]
pub(super) struct World {
    pub(super) site: Site,
    pub(super) seats: Vec<Seat>,
}

/// One service on one host.
#[derive(Clone, Debug)]
pub(super) struct Seat {
    /// Its place in `site.services`.
    placement: usize,
    /// Its place in `site.hosts`.
    host: usize,
    pub(super) form: Arc<Form>,
    pub(super) folder: Arc<Folder>,
    pub(super) stack: String,
}

/// Who asks for an address: a container of a seat, or a program of its host's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller<'a> {
    pub(super) seat: &'a Seat,
    pub(super) container: Option<&'a str>,
}

/// By which addresses of the host a port is reached.
#[derive(Clone, Copy, Debug)]
pub(super) enum Way<'a> {
    /// By none.
    Containers,
    Loopback,
    Mesh,
    Vpn,
    /// By the host's own address in a network of containers.
    Bridge(&'a NetworkSettings),
    World,
}

impl World {
    pub(super) fn of(site: &Site) -> Result<World, Vec<Problem>> {
        let mut seats = Vec::new();
        let mut problems = Vec::new();
        for (number, placement) in site.services.iter().enumerate() {
            let folder = match Folder::of(site, placement) {
                Ok(folder) => Arc::new(folder),
                Err(problem) => {
                    problems.push(*problem);
                    continue;
                }
            };
            let form = match folder.form(&placement.values, &placement.overrides) {
                Ok(form) => Arc::new(form),
                Err(problem) => {
                    problems.push(*problem);
                    continue;
                }
            };
            let written = placement.stack.as_ref().map(|stack| stack.value.clone());
            let own = form.compose.as_ref().map(|_| placement.name.value.clone());
            let stack = written.or(own).unwrap_or_else(|| default_stack(form.phase));
            for on in &placement.on {
                let Some(host) = site.hosts.iter().position(|host| host.name == on.value) else { continue };
                let (form, folder, stack) = (form.clone(), folder.clone(), stack.clone());
                seats.push(Seat { placement: number, host, form, folder, stack });
            }
        }
        match problems.is_empty() {
            true => Ok(World { site: site.clone(), seats }),
            false => Err(problems),
        }
    }

    pub(super) fn placement(&self, seat: &Seat) -> &Placement {
        &self.site.services[seat.placement]
    }

    pub(super) fn host(&self, seat: &Seat) -> &Host {
        &self.site.hosts[seat.host]
    }

    pub(super) fn name(&self, seat: &Seat) -> &str {
        &self.placement(seat).name
    }

    /// The seats of a service, by its own name or the catalog's; those of the asking host first.
    pub(super) fn find<'a>(&'a self, service: &str, host: usize) -> Vec<&'a Seat> {
        let is = |seat: &&Seat| {
            let placement = self.placement(seat);
            *placement.name == service || *placement.is == service
        };
        let mut found: Vec<&Seat> = self.seats.iter().filter(is).collect();
        found.sort_by_key(|seat| seat.host != host);
        found
    }

    pub(super) fn find_from<'a>(&'a self, service: &str, seat: &Seat) -> Vec<&'a Seat> {
        self.find(service, seat.host)
    }

    fn stack_settings(&self, seat: &Seat) -> Option<&StackSettings> {
        self.site.stacks.iter().find(|stack| *stack.name == seat.stack)
    }

    pub(super) fn directory(&self, seat: &Seat) -> String {
        let written = self.stack_settings(seat).and_then(|stack| stack.directory.as_ref());
        written.map_or_else(|| format!("/opt/{}/{}", self.site.name, seat.stack), |path| path.value.clone())
    }

    /// Who owns what no container owns.
    pub(super) fn owner(&self, seat: &Seat) -> String {
        let written = self.stack_settings(seat).and_then(|stack| stack.owner.as_ref());
        let service = self.host(seat).settings.access.as_ref().and_then(|access| access.service.as_ref());
        written.or(service).map_or_else(|| "root".to_owned(), |owner| owner.value.clone())
    }

    /// Whether a container uses the host's own network; what is in none does.
    pub(super) fn on_host_network(&self, seat: &Seat, container: Option<&str>) -> bool {
        let Some(form) = container.and_then(|name| seat.form.containers.get(name)) else { return true };
        let stack = self.stack_settings(seat).and_then(|stack| stack.host_network.as_ref());
        form.host_network || stack.is_some_and(|host| host.value)
    }

    /// The networks that a container joins, in the order of its form.
    pub(super) fn networks(&self, seat: &Seat, form: &ContainerForm) -> Vec<&NetworkSettings> {
        let host = &self.host(seat).name;
        let here = |network: &&NetworkSettings| {
            network.on.as_ref().is_none_or(|hosts| hosts.iter().any(|known| known.value == *host))
        };
        let known = |name: &String| self.site.networks.iter().filter(here).find(|network| *network.name == *name);
        form.networks.iter().filter_map(known).collect()
    }

    pub(super) fn docker_name(&self, network: &NetworkSettings) -> String {
        let written = network.docker_name.as_ref().map(|name| name.value.clone());
        written.unwrap_or_else(|| format!("{}_{}", self.site.name, *network.name))
    }

    pub(super) fn mesh(&self, seat: &Seat) -> Option<IpAddr> {
        self.host(seat).mesh_address.as_ref().map(|address| address.value)
    }

    /// The address by which the host's VPN clients know it.
    pub(super) fn vpn_address(&self, seat: &Seat) -> Option<IpAddr> {
        self.site.edge.vpn_address.as_ref().map(|address| address.value).or_else(|| self.mesh(seat))
    }

    /// A port of the service, with the container that has it.
    pub(super) fn port<'a>(seat: &'a Seat, name: &str) -> Option<(Option<&'a str>, &'a PortForm)> {
        let of_containers = seat
            .form
            .containers
            .iter()
            .filter_map(|(container, form)| Some((Some(container.as_str()), form.ports.get(name)?)));
        of_containers.chain(seat.form.host.ports.get(name).map(|port| (None, port))).next()
    }

    /// The addresses of the host on which a port is open; none: only containers reach it.
    pub(super) fn bound(&self, seat: &Seat, container: Option<&str>, port: &PortForm) -> Vec<String> {
        let mut addresses: Vec<String> = Vec::new();
        if port.plain_http && *self.site.edge.vpn_only != VpnOnly::Off {
            return addresses;
        }
        for way in port.to.iter().map(|to| self.way(seat, container, *to)) {
            match way {
                Way::Containers => {}
                Way::Loopback => addresses.push("127.0.0.1".to_owned()),
                Way::World => return vec!["0.0.0.0".to_owned()],
                Way::Bridge(network) => addresses.push(gateway(&network.subnet).to_string()),
                Way::Vpn => addresses.extend(self.vpn_address(seat).map(|address| address.to_string())),
                Way::Mesh => addresses.extend(self.mesh(seat).map(|address| address.to_string())),
            }
        }
        addresses
    }

    /// What a word for who may reach a port comes to on this host.
    pub(super) fn way(&self, seat: &Seat, container: Option<&str>, to: To) -> Way<'_> {
        match to {
            To::Containers => Way::Containers,
            To::Host => Way::Loopback,
            To::Mesh => Way::Mesh,
            To::World if *self.site.edge.vpn_only == VpnOnly::On => Way::Vpn,
            To::World => Way::World,
            To::Scraper => self.way_of_scrapers(seat, container),
        }
    }

    fn way_of_scrapers(&self, seat: &Seat, container: Option<&str>) -> Way<'_> {
        let mut scrapers = self.seats.iter().filter(|other| other.form.scrapes);
        if scrapers.clone().any(|other| other.host != seat.host) {
            return Way::Mesh;
        }
        if !self.on_host_network(seat, container) {
            return Way::Containers;
        }
        let bridged = scrapers
            .any(|other| other.form.containers.keys().any(|container| !self.on_host_network(other, Some(container))));
        let form = container.and_then(|name| seat.form.containers.get(name));
        let network = form.and_then(|form| self.networks(seat, form).into_iter().next());
        network.filter(|_| bridged).map_or(Way::Loopback, Way::Bridge)
    }

    /// Where a program must listen, as its own configuration says it.
    pub(super) fn listen(&self, seat: &Seat, container: Option<&str>, port: &PortForm) -> String {
        if !self.on_host_network(seat, container) {
            return "0.0.0.0".to_owned();
        }
        // One address is all that most programs take, and the mesh address is reached from the host too.
        self.bound(seat, container, port).pop().unwrap_or_else(|| "127.0.0.1".to_owned())
    }

    /// How the caller reaches a service's port: `loki:3100`, `10.0.0.2:3100`.
    pub(super) fn address(&self, caller: Caller, service: &str, port: &str) -> Result<String, String> {
        let seats = self.find_from(service, caller.seat);
        let Some(target) = seats.first() else { return Err(format!("no service `{service}` is placed")) };
        self.address_of(caller, target, port)
    }

    pub(super) fn address_of(&self, caller: Caller, target: &Seat, name: &str) -> Result<String, String> {
        let service = self.name(target);
        let Some((container, port)) = World::port(target, name) else {
            return Err(format!("`{service}` has no port `{name}`"));
        };
        let here = target.host == caller.seat.host;
        let joined = |seat: &Seat, container: Option<&str>| -> Vec<String> {
            let form = container.and_then(|container| seat.form.containers.get(container));
            let form = form.filter(|_| !self.on_host_network(seat, container));
            form.map_or_else(Vec::new, |form| {
                self.networks(seat, form).iter().map(|network| network.name.value.clone()).collect()
            })
        };
        let (mine, its) = (joined(caller.seat, caller.container), joined(target, container));
        let own_project = target.stack == caller.seat.stack && mine.is_empty() && its.is_empty();
        let bridged = !self.on_host_network(caller.seat, caller.container) && !self.on_host_network(target, container);
        if let (true, true, Some(container)) =
            (here, bridged && (own_project || mine.iter().any(|name| its.contains(name))), container)
        {
            return Ok(format!("{}:{}", self.container_name(target, container), port.port));
        }
        let bound = self.bound(target, container, port);
        let mesh = self.mesh(target).map(|address| address.to_string());
        let by_mesh = mesh.filter(|address| bound.contains(address) || bound.iter().any(|bound| bound == "0.0.0.0"));
        let from_host = self.on_host_network(caller.seat, caller.container);
        let gateways = |network: &&NetworkSettings| mine.contains(&network.name.value);
        let by_bridge = self.site.networks.iter().filter(gateways).map(|network| gateway(&network.subnet).to_string());
        let by_bridge = by_bridge.filter(|_| here).find(|address| bound.contains(address));
        let chosen = match (here, from_host) {
            // Nothing else but this host is at its loopback.
            (true, true) if self.on_host_network(target, container) => Some(self.listen(target, container, port)),
            (true, true) if bound.iter().any(|bound| bound == "127.0.0.1" || bound == "0.0.0.0") => {
                Some("127.0.0.1".to_owned())
            }
            _ => by_bridge.or(by_mesh),
        };
        let chosen = chosen.map(|address| if address == "0.0.0.0" { "127.0.0.1".to_owned() } else { address });
        chosen.map(|address| format!("{address}:{}", port.port)).ok_or_else(|| {
            let place = if here { "from this network" } else { "from another host" };
            format!("`{service}` cannot be reached {place} at its port `{name}`: it is open to {}", words(port))
        })
    }

    /// The compose service and container of a form's container: the service's name, where it has one.
    pub(super) fn container_name(&self, seat: &Seat, container: &str) -> String {
        let placement = self.placement(seat);
        if container == *placement.is || seat.form.containers.len() == 1 {
            return placement.name.value.clone();
        }
        match *placement.name == *placement.is {
            true => container.to_owned(),
            false => format!("{}-{container}", *placement.name),
        }
    }
}

fn default_stack(phase: Phase) -> String {
    match phase {
        Phase::Infrastructure => "infra".to_owned(),
        Phase::Application => "apps".to_owned(),
    }
}

fn words(port: &PortForm) -> String {
    let words: Vec<&str> = port
        .to
        .iter()
        .map(|to| match to {
            To::Containers => "containers of its networks",
            To::Host => "its host",
            To::Mesh => "the mesh",
            To::Scraper => "what collects metrics",
            To::World => "the world",
        })
        .collect();
    words.join(" and ")
}
