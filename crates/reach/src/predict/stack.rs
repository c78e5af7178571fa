//! What carrying out a stack does to a host's network: bridges, containers on them, and the ports that they open.
//!
//! Addresses that Docker will hand out nobody knows; a container gets the first free one of each of its networks, which
//! decides nothing, since rules about containers are Docker's own.

use super::docker;
use crate::state::{Listener, Published, Running, State};
use ipnet::IpNet;
use piton_plan::stack::{Container, Joins, Network, Port, Stack};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// A network of the stack as it is on the host.
struct Bridged {
    bridge: String,
    net: IpNet,
    internal: bool,
}

/// Does the step to the state. Gives what cannot be foretold.
pub(super) fn step(state: &mut State, stack: &Stack, gone: bool) -> Vec<String> {
    leave(state, &stack.name);
    if gone {
        return Vec::new();
    }
    let mut guesses = Vec::new();
    let networks = networks(state, stack, &mut guesses);
    let publishes = stack.ports.iter().any(|port| port.sent_to.is_some() && !port.addresses.is_empty());
    if publishes && !docker::writes_rules(state) {
        guesses.push(format!("how Docker sends on what {} publishes: its chains are not there", stack.name));
    }
    for container in &stack.containers {
        start(state, stack, container, &networks, &mut guesses);
    }
    for port in stack.ports.iter().filter(|port| port.container.is_none()) {
        listen(state, port, &port.name, None);
    }
    guesses
}

/// Takes a project's containers out, with all that was sent on to them and what they listened on.
fn leave(state: &mut State, project: &str) {
    let (gone, left): (Vec<Running>, Vec<Running>) = std::mem::take(&mut state.docker.containers)
        .into_iter()
        .partition(|container| container.project.as_deref() == Some(project));
    state.docker.containers = left;
    let addresses: Vec<IpAddr> = gone.iter().flat_map(|container| container.addresses.clone()).collect();
    docker::unpublish(state, &addresses);
    state.sockets.retain(|socket| !gone.iter().any(|container| socket.container.as_ref() == Some(&container.name)));
}

/// The networks that the stack's containers join, by Docker's names.
fn networks(state: &mut State, stack: &Stack, guesses: &mut Vec<String>) -> BTreeMap<String, Bridged> {
    let mut found = BTreeMap::new();
    let mut add = |state: &mut State, name: &str, own: IpNet, internal: bool| {
        if own.addr().is_ipv6() {
            guesses.push(format!("what Docker's filter does with the network {name}"));
        }
        let bridge = docker::network(state, name, own, internal);
        found.insert(name.to_owned(), Bridged { bridge, net: own, internal });
    };
    for Network { name, subnet, gateway, internal } in stack.networks.iter().chain(&stack.own_networks) {
        let own = IpNet::new(*gateway, subnet.prefix_len()).unwrap_or(*subnet);
        add(state, name, own, *internal);
    }
    let default = default_network(stack);
    let in_default = |container: &Container| match &container.joins {
        Joins::Networks(names) => names.is_empty() || names.contains(&default),
        Joins::Host | Joins::Nobody => false,
    };
    if stack.containers.iter().any(in_default)
        && let Some(own) = docker::any_network(state)
    {
        add(state, &default, own, false);
    }
    found
}

/// The network that compose makes for whoever names none.
fn default_network(stack: &Stack) -> String {
    format!("{}_default", stack.name)
}

fn start(
    state: &mut State,
    stack: &Stack,
    container: &Container,
    networks: &BTreeMap<String, Bridged>,
    guesses: &mut Vec<String>,
) {
    let default = default_network(stack);
    let joined: Vec<&String> = match &container.joins {
        Joins::Networks(names) if names.is_empty() => vec![&default],
        Joins::Networks(names) => names.iter().collect(),
        Joins::Host | Joins::Nobody => Vec::new(),
    };
    if container.unforeseen {
        let what = if joined.is_empty() {
            "does on the host's own network"
        } else {
            "publishes by a variable or a wide range"
        };
        guesses.push(format!("what the container {} {what}", container.container));
    }
    let mut placed: Vec<(&String, &Bridged, IpAddr)> = Vec::new();
    for name in joined {
        match networks.get(name) {
            Some(network) => placed.extend(free(state, network.net).map(|address| (name, network, address))),
            None => guesses.push(format!("which network {name} is, that {} joins", container.container)),
        }
    }
    state.docker.containers.push(Running {
        name: container.container.clone(),
        project: Some(stack.name.clone()),
        addresses: placed.iter().map(|(_, _, address)| *address).collect(),
    });
    // Of several networks Docker publishes by the first that has a way out; where none has, it publishes nothing.
    placed.sort_by_key(|(name, _, _)| *name);
    let way_out = placed.iter().find(|(_, network, _)| !network.internal);
    for port in stack.ports.iter().filter(|port| port.container.as_ref() == Some(&container.name)) {
        match (port.sent_to, way_out) {
            (Some(to_port), Some((_, network, to))) => {
                for address in port.addresses.iter().copied() {
                    let protocol = port.protocol.into();
                    let wanted = Published { protocol, address, port: port.port, to: *to, to_port };
                    docker::publish(state, &wanted, &network.bridge);
                }
            }
            (Some(_), None) => {}
            (None, _) => listen(state, port, &container.container, Some(&container.container)),
        }
    }
}

/// An address of a network that nobody has yet.
fn free(state: &State, net: IpNet) -> Option<IpAddr> {
    let taken = |address: &IpAddr| state.docker.containers.iter().any(|it| it.addresses.contains(address));
    net.hosts().take(4096).find(|address| *address != net.addr() && !taken(address))
}

fn listen(state: &mut State, port: &Port, program: &str, container: Option<&str>) {
    for address in &port.addresses {
        state.sockets.push(Listener {
            protocol: port.protocol.into(),
            address: *address,
            port: port.port,
            v6_only: true,
            interface: None,
            program: Some(program.to_owned()),
            container: container.map(str::to_owned),
        });
    }
}
