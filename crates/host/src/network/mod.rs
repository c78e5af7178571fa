//! The network of this host, read as it is: what `piton-reach` answers questions from.
//!
//! Links, addresses, routes and rules are asked of the kernel by [`netlink`], without a program; the
//! filter by the programs that know how to print it ([`filter`]). Nothing here changes anything. A
//! part that cannot be read is named in the state, so that nobody takes it for empty.

pub mod attempt;
mod containers;
mod filter;
mod links;
mod login;
mod netlink;
mod routes;
mod rules;
mod sockets;
mod tunnels;
mod ufw;

use crate::system::{Fault, System};
use containers::FirstProcesses;
use piton_plan::Connection;
use piton_reach::State;
use piton_reach::state::Kernel;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::thread;

/// Whose way in is asked about, besides the network itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// Accounts whose keys and rights are wanted.
    pub users: Vec<String>,
    /// How the caller is connected: decides which of sshd's `Match` blocks count.
    pub connection: Option<Connection>,
    /// As whom the caller logged in.
    pub login: String,
    /// The caller's port, by which sshd's log tells which key it was.
    pub client_port: Option<u16>,
}

/// Reads everything, the slow programs side by side.
pub fn read(system: &System, about: &About) -> Result<State, Fault> {
    let mut state = State::default();
    thread::scope(|threads| {
        let filter = threads.spawn(|| filter::read(system));
        let access = threads.spawn(|| login::read(system, about));
        let tunnels = threads.spawn(|| tunnels::read(system));
        let ufw = threads.spawn(|| ufw::read(system));
        let engine = Ok(containers::read(system));
        let mut first = FirstProcesses::default();
        take(&mut state, "Docker's containers", engine, |state, (docker, processes)| {
            state.docker = docker;
            first = processes;
        });
        kernel(system, &mut state, &first);
        take(&mut state, "the packet filter", filter.join(), |state, (found, unread)| {
            state.filter = found;
            state.unread.extend(unread);
        });
        take(&mut state, "sshd and accounts", access.join(), |state, access| state.access = access);
        take(&mut state, "WireGuard", tunnels.join(), |state, tunnels| state.tunnels = tunnels);
        take(&mut state, "ufw's files", ufw.join(), |state, ufw| state.ufw = ufw);
    });
    state.docker.published = published(&state);
    state.listen_for_tunnels();
    login::name_sockets(system, &mut state);
    Ok(state)
}

/// Takes one part's answer in, or notes that there is none.
fn take<T>(state: &mut State, what: &str, answer: thread::Result<Result<T, Fault>>, with: impl FnOnce(&mut State, T)) {
    match answer {
        Ok(Ok(found)) => with(state, found),
        Ok(Err(fault)) => state.unread.push(format!("{what}: {fault}")),
        Err(_) => state.unread.push(format!("{what}: reading it was cut off")),
    }
}

/// What the kernel answers without any program.
fn kernel(system: &System, state: &mut State, containers: &FirstProcesses) {
    // A folder that stands in for a host has no kernel.
    if !system.is_host() {
        state.unread.push("links, addresses, routes and sockets: this is no real host".into());
        return;
    }
    let Some(links) = links::links() else {
        state.unread.push("links, addresses, routes and sockets: the kernel does not answer".into());
        return;
    };
    state.links = links;
    let unread = &mut state.unread;
    let mut noted = |what: &str| unread.push(format!("{what}: the kernel does not answer"));
    match links::addresses(&state.links) {
        Some(found) => state.addresses = found,
        None => noted("addresses"),
    }
    match routes::read(&state.links) {
        Some(found) => state.routes = found,
        None => noted("routes"),
    }
    match rules::read() {
        Some(found) => state.rules = found,
        None => noted("policy rules"),
    }
    match sockets::read(&state.links, containers) {
        Some(found) => state.sockets = found,
        None => noted("sockets"),
    }
    state.kernel = Kernel {
        forward_v4: switch(system, "/proc/sys/net/ipv4/ip_forward"),
        forward_v6: switch(system, "/proc/sys/net/ipv6/conf/all/forwarding"),
        reverse_path: by_interface(system, "rp_filter"),
        source_mark: by_interface(system, "src_valid_mark"),
        route_localnet: by_interface(system, "route_localnet"),
    };
}

fn number(system: &System, path: &str) -> Option<u8> {
    fs::read_to_string(system.path(path)).ok()?.trim().parse().ok()
}

fn switch(system: &System, path: &str) -> bool {
    number(system, path).is_some_and(|value| value != 0)
}

fn by_interface(system: &System, name: &str) -> BTreeMap<String, u8> {
    let folder = "/proc/sys/net/ipv4/conf";
    let entries = fs::read_dir(system.path(folder)).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names
        .filter_map(|interface| Some((interface.clone(), number(system, &format!("{folder}/{interface}/{name}"))?)))
        .collect()
}

/// The ports that rules of Docker's send on into containers.
fn published(state: &State) -> Vec<piton_reach::state::Published> {
    piton_reach::map::published(&state.filter)
}
