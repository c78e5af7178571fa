//! What Docker does to a host's network: when it starts, for a network, and for a port that it publishes.
//!
//! The rules are those that Docker 26 writes, in its order; newer ones are laid out otherwise and decide the same for
//! whoever comes by the host's own addresses. They go where Docker puts them, before whatever ufw has: that is how a
//! published port passes a filter by. A network that is told (`bip`, a subnet) is taken as it is, whoever uses it
//! elsewhere. Left to itself Docker takes the first of its pools that no route of the host names; where the operator
//! comes from is no route, so that may be the operator's network.

use super::rules::{At, forget_chain, has_chain, put, set_forward_policy, take_out};
use crate::packet::Protocol;
use crate::state::{LinkKind, Listener, Published, State};
use ipnet::{IpNet, Ipv4Net};
use piton_plan::Digest;
use serde_json::Value;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const BRIDGE: &str = "docker0";

/// The programs that hold published ports: one for each, or the engine itself where it leaves all to the filter.
pub(crate) const PROXY: &str = "docker-proxy";
pub(crate) const ENGINE: &str = "dockerd";

pub(super) fn start(state: &mut State, settings: &str) {
    let settings: Value = serde_json::from_str(settings).unwrap_or_default();
    state.docker.pools = pools(&settings);
    let told = settings.get("bip").and_then(Value::as_str).and_then(|text| text.parse::<IpNet>().ok());
    let is = state.addresses_of(BRIDGE).map(|address| address.net).next();
    let Some(net) = told.or(is).or_else(|| free_pool(state)) else { return };
    let filters = settings.get("iptables").and_then(Value::as_bool) != Some(false);
    let was_running = std::mem::replace(&mut state.docker.running, true);
    if filters && !was_running {
        state.kernel.forward_v4 = true;
        frame(state);
    }
    let hairpin = settings.get("userland-proxy").and_then(Value::as_bool) == Some(false);
    if filters && (!was_running || hairpin != state.docker.hairpin) {
        state.docker.hairpin = hairpin;
        own_callers(state);
    }
    if !filters {
        // What it wrote before stays until the next boot, and sends nothing on.
        take_out(&mut state.filter, "nat", "PREROUTING", "-j DOCKER ");
        take_out(&mut state.filter, "nat", "OUTPUT", "-j DOCKER ");
        forget_chain(&mut state.filter, "nat", "DOCKER");
    }
    if is != Some(net) {
        state.remove_link(BRIDGE);
        make_bridge(state, BRIDGE, net, false);
    }
}

/// The chains that every one of its networks is written into.
fn frame(state: &mut State) {
    put(&mut state.filter, "nat", At::Back, "-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER");
    set_forward_policy(&mut state.filter);
    put(&mut state.filter, "filter", At::Front, "-A FORWARD -j DOCKER-USER");
    put(&mut state.filter, "filter", At::Front, "-A FORWARD -j DOCKER-ISOLATION-STAGE-1");
}

/// How the host itself comes to what is published, and what that means for the bridges that are there already.
fn own_callers(state: &mut State) {
    take_out(&mut state.filter, "nat", "OUTPUT", "-j DOCKER ");
    let but = if state.docker.hairpin { "" } else { "! -d 127.0.0.0/8 " };
    put(&mut state.filter, "nat", At::Back, &format!("-A OUTPUT {but}-m addrtype --dst-type LOCAL -j DOCKER"));
    let is_dockers = |name: &str| name == BRIDGE || name.starts_with("br-");
    let bridges = state.links.iter().filter(|link| link.kind == LinkKind::Bridge && is_dockers(&link.name));
    let names: Vec<String> = bridges.map(|link| link.name.clone()).collect();
    for name in names {
        take_out(&mut state.filter, "nat", "DOCKER", &format!("-A DOCKER -i {name} -j RETURN"));
        own_callers_by(state, &name);
    }
}

fn own_callers_by(state: &mut State, bridge: &str) {
    if state.docker.hairpin {
        state.kernel.route_localnet.insert(bridge.to_owned(), 1);
        let line = format!("-A POSTROUTING -o {bridge} -m addrtype --src-type LOCAL -j MASQUERADE");
        put(&mut state.filter, "nat", At::Front, &line);
    } else {
        put(&mut state.filter, "nat", At::Front, &format!("-A DOCKER -i {bridge} -j RETURN"));
    }
}

/// The bridge of a network, made unless there is one with its addresses already.
pub(super) fn network(state: &mut State, name: &str, own: IpNet, internal: bool) -> String {
    let there = state.addresses.iter().find(|address| address.net == own);
    if let Some(bridge) =
        there.filter(|address| state.link(&address.interface).is_some_and(|it| it.kind == LinkKind::Bridge))
    {
        return bridge.interface.clone();
    }
    let bridge = bridge_of(name);
    make_bridge(state, &bridge, own, internal);
    state.docker.bridges.insert(bridge.clone(), name.to_owned());
    bridge
}

/// Docker names a bridge by a number that nobody knows beforehand, and never by the network's name: that may be the name
/// of another interface, or no name of one at all.
fn bridge_of(network: &str) -> String {
    let number: String = Digest::of(network).as_str().chars().take(12).collect();
    format!("br-{number}")
}

/// A network of Docker's own choosing, with the bridge's address in it; where its pools are used up, Docker refuses, and
/// the network that is always there stands for it.
pub(super) fn any_network(state: &State) -> Option<IpNet> {
    free_pool(state).or_else(|| state.addresses_of(BRIDGE).map(|address| address.net).next())
}

fn make_bridge(state: &mut State, name: &str, own: IpNet, internal: bool) {
    state.add_link(name, LinkKind::Bridge);
    state.add_address(name, own);
    if !has_chain(&state.filter, "nat", "DOCKER") || own.addr().is_ipv6() {
        return;
    }
    let net = own.trunc();
    if internal {
        put(&mut state.filter, "filter", At::Front, &format!("-A FORWARD -i {name} -o {name} -j ACCEPT"));
        for line in [format!("! -s {net} -o {name}"), format!("! -d {net} -i {name}")] {
            put(&mut state.filter, "filter", At::Front, &format!("-A DOCKER-ISOLATION-STAGE-1 {line} -j DROP"));
        }
        if state.docker.hairpin {
            state.kernel.route_localnet.insert(name.to_owned(), 1);
        }
        return;
    }
    for line in [
        format!("-A FORWARD -i {name} -o {name} -j ACCEPT"),
        format!("-A FORWARD -i {name} ! -o {name} -j ACCEPT"),
        format!("-A FORWARD -o {name} -j DOCKER"),
        format!("-A FORWARD -o {name} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"),
        format!("-A DOCKER-ISOLATION-STAGE-1 -i {name} ! -o {name} -j DOCKER-ISOLATION-STAGE-2"),
        format!("-A DOCKER-ISOLATION-STAGE-2 -o {name} -j DROP"),
    ] {
        put(&mut state.filter, "filter", At::Front, &line);
    }
    put(&mut state.filter, "nat", At::Front, &format!("-A POSTROUTING -s {net} ! -o {name} -j MASQUERADE"));
    own_callers_by(state, name);
}

/// Whether Docker's chains are there: it may be told to write none, or to write them with nftables.
pub(super) fn writes_rules(state: &State) -> bool {
    has_chain(&state.filter, "nat", "DOCKER")
}

/// Sends a port of the host's on into a container behind a bridge, and holds it.
pub(super) fn publish(state: &mut State, wanted: &Published, bridge: &str) {
    hold(state, wanted);
    let Published { protocol, address, port, to, to_port } = wanted;
    if address.is_ipv6() || to.is_ipv6() || !has_chain(&state.filter, "nat", "DOCKER") {
        return;
    }
    let on = if address.is_unspecified() { String::new() } else { format!("-d {address}/32 ") };
    let but = if state.docker.hairpin { String::new() } else { format!("! -i {bridge} ") };
    let of = |port: &u16| format!("-p {protocol} -m {protocol} --dport {port}");
    let (outside, inside) = (of(port), of(to_port));
    let dnat = format!("-A DOCKER {on}{but}{outside} -j DNAT --to-destination {to}:{to_port}");
    let accept = format!("-A DOCKER -d {to}/32 ! -i {bridge} -o {bridge} {inside} -j ACCEPT");
    let itself = format!("-A POSTROUTING -s {to}/32 -d {to}/32 {inside} -j MASQUERADE");
    put(&mut state.filter, "nat", At::Back, &dnat);
    put(&mut state.filter, "nat", At::Back, &itself);
    put(&mut state.filter, "filter", At::Front, &accept);
    state.docker.published.push(wanted.clone());
}

/// Somebody of Docker's listens there too: to keep the port, and where it has a proxy, to answer.
fn hold(state: &mut State, wanted: &Published) {
    let hairpin = state.docker.hairpin;
    let everywhere = wanted.address.is_unspecified() && wanted.address.is_ipv4();
    // Without a proxy nobody could carry IPv6 to a container that has none.
    let v6 = (everywhere && !hairpin).then(|| IpAddr::from(Ipv6Addr::UNSPECIFIED));
    for address in [wanted.address].into_iter().chain(v6) {
        state.sockets.push(Listener {
            protocol: wanted.protocol,
            address,
            port: wanted.port,
            v6_only: true,
            interface: None,
            program: Some(if hairpin { ENGINE } else { PROXY }.into()),
            container: None,
        });
    }
}

/// Takes out what was published from these addresses.
pub(super) fn unpublish(state: &mut State, from: &[IpAddr]) {
    let (gone, left): (Vec<Published>, Vec<Published>) =
        std::mem::take(&mut state.docker.published).into_iter().partition(|published| from.contains(&published.to));
    state.docker.published = left;
    let held: Vec<(Protocol, u16)> = gone.iter().map(|published| (published.protocol, published.port)).collect();
    state.sockets.retain(|socket| !(is_holder(socket) && held.contains(&(socket.protocol, socket.port))));
    for address in from {
        for words in [format!(" -d {address}/32 "), format!("--to-destination {address}:")] {
            take_out(&mut state.filter, "nat", "DOCKER", &words);
            take_out(&mut state.filter, "filter", "DOCKER", &words);
        }
    }
}

/// Whether a socket is Docker's own, for a port that it publishes.
pub(crate) fn is_holder(socket: &Listener) -> bool {
    matches!(socket.program.as_deref(), Some(PROXY | ENGINE))
}

/// The pools that daemon.json names in place of the usual ones.
fn pools(settings: &Value) -> Vec<(Ipv4Net, u8)> {
    let pool = |pool: &Value| {
        let base: Ipv4Net = pool.get("base")?.as_str()?.parse().ok()?;
        let size = u8::try_from(pool.get("size")?.as_u64()?).ok()?;
        Some((base, size))
    };
    let told = settings.get("default-address-pools").and_then(Value::as_array);
    told.into_iter().flatten().filter_map(pool).collect()
}

/// The first network of Docker's pools that the host has no route into, with the bridge's address.
fn free_pool(state: &State) -> Option<IpNet> {
    let usual = || {
        let sixteen = (17..=31).filter_map(|second| Ipv4Net::new(Ipv4Addr::new(172, second, 0, 0), 16).ok());
        let twenty = Ipv4Net::new(Ipv4Addr::new(192, 168, 0, 0), 16).ok();
        sixteen.map(|net| (net, 16)).chain(twenty.map(|net| (net, 20))).collect()
    };
    let pools: Vec<(Ipv4Net, u8)> = if state.docker.pools.is_empty() { usual() } else { state.docker.pools.clone() };
    let taken = |net: &Ipv4Net| {
        let routes = state.routes.iter().filter(|route| route.to.prefix_len() > 0);
        let mut nets = routes.filter_map(|route| match route.to {
            IpNet::V4(other) => Some(other),
            IpNet::V6(_) => None,
        });
        nets.any(|other| other.contains(net) || net.contains(&other))
    };
    let mut nets = pools.into_iter().filter_map(|(base, size)| base.subnets(size).ok()).flatten();
    let net = nets.find(|net| !taken(net))?;
    let own = net.hosts().next()?;
    Ipv4Net::new(own, net.prefix_len()).ok().map(IpNet::V4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_taken_from_the_pools_that_daemon_json_names() {
        let pools = |settings: &str| {
            let mut state = State::of_fresh_server(None, 22);
            start(&mut state, settings);
            let first = state.addresses_of(BRIDGE).next().unwrap().net.to_string();
            (first, any_network(&state).unwrap().to_string())
        };
        assert_eq!(pools("{}"), ("172.17.0.1/16".into(), "172.18.0.1/16".into()));
        let told = r#"{ "default-address-pools": [{ "base": "10.8.0.0/16", "size": 24 }] }"#;
        assert_eq!(pools(told), ("10.8.0.1/24".into(), "10.8.1.1/24".into()));
    }
}
