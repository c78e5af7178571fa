//! `[mesh]`: one WireGuard interface a host, every other member its peer.
//!
//! A peer's public key is made on the peer. Until every one is known the whole interface waits: a
//! half of a mesh would be reported as done.

use crate::CatalogProblem;
use crate::context::{Context, Member};
use ipnet::IpNet;
use piton_plan::kind::wireguard::{Peer, PublicKey};
use piton_plan::kind::{Kind, Package, Wireguard};
use piton_plan::{Key, Resource, Wait};
use std::net::{IpAddr, SocketAddr};

pub(crate) fn resources(context: &Context) -> Vec<Resource> {
    let Some(member) = context.member() else { return Vec::new() };
    // Named here too: while the interface waits, its tools must not seem to have left the site.
    let tools = Package { name: "wireguard-tools".into() }.into();
    let interface = interface(context, &member).ok().map(Resource::from);
    interface.into_iter().chain([tools]).collect()
}

pub(crate) fn waits(context: &Context) -> Vec<Wait> {
    let Some(member) = context.member() else { return Vec::new() };
    let Err(reason) = interface(context, &member) else { return Vec::new() };
    let key = Key { kind: Wireguard::NAME.into(), name: member.mesh.interface.value.clone() };
    vec![Wait { key, reason }]
}

/// The address of a peer must mean the same to the other hosts as it does to the operator.
pub(crate) fn problems(context: &Context) -> Vec<CatalogProblem> {
    if context.member().is_none() {
        return Vec::new();
    }
    let nameless = context.peers().filter(|peer| peer.host.mesh_endpoint.is_none() && is_ssh_name(&peer.host.address));
    nameless
        .map(|peer| {
            let (name, address) = (&peer.host.name, &peer.host.address.value);
            let what = format!("the mesh cannot find `{name}`: only your ssh configuration knows `{address}`");
            let help = format!("set `endpoint` in [hosts.{name}] to its public address");
            context.problem("catalog/mesh-endpoint", what, &help).at(&peer.host.address.origin)
        })
        .collect()
}

/// The interface, or the reason why it has to wait.
fn interface(context: &Context, member: &Member) -> Result<Wireguard, String> {
    let public_key = key_of(context, member)?;
    let peers = context.peers().map(|other| peer(context, member, &other)).collect::<Result<_, _>>()?;
    Ok(Wireguard {
        interface: member.mesh.interface.value.clone(),
        address: format!("{}/{}", member.address, member.mesh.range.prefix_len()),
        port: *member.mesh.port,
        public_key,
        peers,
    })
}

fn peer(context: &Context, member: &Member, other: &Member) -> Result<Peer, String> {
    Ok(Peer {
        host: other.host.name.clone(),
        public_key: key_of(context, other)?,
        allowed: IpNet::from(other.address).to_string(),
        endpoint: Some(endpoint(other)),
        keepalive: *member.mesh.keepalive,
    })
}

fn key_of(context: &Context, member: &Member) -> Result<PublicKey, String> {
    let name = &member.host.name;
    let known = |name: &str| context.known.get(name).and_then(|known| known.mesh_key);
    let key = known(name).ok_or_else(|| format!("waits for `{name}`, whose key is not known yet"))?;
    // WireGuard knows a peer by nothing but its key, so one of the two would get the other's packets.
    let mut others = context.site.hosts.iter().filter(|other| other.name != *name);
    match others.find(|other| known(&other.name) == Some(key)) {
        Some(twin) => Err(format!("waits for `{name}`, which has the same key as `{}`; one is a copy", twin.name)),
        None => Ok(key),
    }
}

/// Where the others find this member; a port that the site wrote there stays.
fn endpoint(member: &Member) -> String {
    let written = member.host.mesh_endpoint.as_ref().unwrap_or(&member.host.address).value.as_str();
    let port = *member.mesh.port;
    if let Ok(address) = written.parse::<IpAddr>() {
        return SocketAddr::new(address, port).to_string();
    }
    let has_port = written.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if has_port { written.to_owned() } else { format!("{written}:{port}") }
}

fn is_ssh_name(address: &str) -> bool {
    address.parse::<IpAddr>().is_err() && !address.contains(['.', ':'])
}
