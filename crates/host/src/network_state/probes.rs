//! Whether the network works: the gateways, the outside, the resolver, ssh, and containers.
//!
//! Asked before a change and after it, and compared: what held before must hold after. Nothing of it
//! is needed to save or to put back.

use super::containers;
use super::item::{Class, RTA_GATEWAY, RTA_OIF, Value};
use super::{item, read_kernel, words};
use crate::guard::probes::{listening, resolvers, resolves};
use crate::kind;
use crate::netlink::{Netlink, array, attribute};
use crate::system::{Fault, FaultCode, System};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde::{Deserialize, Serialize};
use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};

/// Two that are not run by the same people, on a port that is hardly ever blocked.
pub const OUTSIDE: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(1, 1, 1, 1)), 443),
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(9, 9, 9, 9)), 443),
];

const NEAR: Duration = Duration::from_millis(1500);
const FAR: Duration = Duration::from_secs(3);

/// One question and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// `gateway`, `outside`, `resolver`, `ssh` or `container`.
    pub what: String,
    /// Which one.
    pub which: String,
    pub holds: bool,
}

/// All answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    pub probes: Vec<Probe>,
}

impl Health {
    /// Asks everything at once, so that it takes as long as the slowest answer.
    pub fn take(system: &System, outside: &[SocketAddr]) -> Health {
        thread::scope(|scope| {
            let mut asked = Vec::new();
            let mut ask = |what: &str, which: String, question: Box<dyn FnOnce() -> bool + Send>| {
                asked.push((what.to_owned(), which, scope.spawn(question)));
            };
            for gateway in gateways() {
                ask("gateway", gateway.words(), Box::new(move || gateway.answers()));
            }
            for address in outside.iter().copied() {
                ask("outside", address.to_string(), Box::new(move || opens(address, FAR)));
            }
            for server in resolvers(system) {
                ask("resolver", server.to_string(), Box::new(move || resolves(server)));
            }
            for address in ssh(system) {
                ask("ssh", address.to_string(), Box::new(move || greets(address)));
            }
            for container in containers::all() {
                let outside = outside.to_vec();
                ask("container", container.name.clone(), Box::new(move || container.gets_out(&outside, FAR)));
            }
            let answered = asked.into_iter().map(|(what, which, answer)| {
                let holds = answer.join().unwrap_or(false);
                Probe { what, which, holds }
            });
            Health { probes: answered.collect() }
        })
    }

    pub fn all_hold(&self) -> bool {
        self.probes.iter().all(|probe| probe.holds)
    }

    /// What held before and does not now. A resolver or a way out is missed only when none of its
    /// sort is left, and a container only while it is there.
    pub fn lost_since(&self, before: &Health) -> Vec<Probe> {
        let of = |what: &'_ str| -> Vec<&Probe> { self.probes.iter().filter(|probe| probe.what == what).collect() };
        let holds_at_all = |what: &str| of(what).iter().any(|probe| probe.holds);
        let held = before.probes.iter().filter(|probe| probe.holds);
        let lost = held.filter(|probe| {
            let now = of(&probe.what).into_iter().find(|now| now.which == probe.which);
            match probe.what.as_str() {
                "container" => now.is_some_and(|now| !now.holds),
                "ssh" => now.is_none_or(|now| !now.holds) && !holds_at_all("ssh"),
                what => now.is_none_or(|now| !now.holds) && !holds_at_all(what),
            }
        });
        lost.cloned().map(|probe| Probe { holds: false, ..probe }).collect()
    }

    /// As [`Health::lost_since`], as a fault that names the first.
    pub fn hold_since(&self, before: &Health) -> Result<(), Fault> {
        let lost = self.lost_since(before);
        let Some(first) = lost.first() else { return Ok(()) };
        let what = format!("{} {} answered before and does not any more", first.what, first.which);
        Err(Fault::new(FaultCode::Unhealthy, what).help("look at `piton net diff` and at `piton net verify`"))
    }
}

struct Gateway {
    address: IpAddr,
    link: u32,
    name: String,
}

/// The next hops of default routes in the main table.
fn gateways() -> Vec<Gateway> {
    let Ok((_, items, names)) = read_kernel() else { return Vec::new() };
    let routes = items.get(&Class::Route).into_iter().flatten();
    let defaults =
        routes.filter(|route| route.exact.head().get(1) == Some(&0) && route.exact.head().get(4) == Some(&254));
    let gateway = |route: &item::Item| {
        let Some(Value::Link(name)) = route.exact.value(RTA_OIF) else { return None };
        let address = words::ip(route.exact.bytes(RTA_GATEWAY)?).parse().ok()?;
        Some(Gateway { address, link: names.number(name)?, name: name.clone() })
    };
    defaults.filter_map(gateway).collect()
}

/// `RTNLGRP_NEIGH`, as a bit.
const NEIGHBOURS: u32 = 1 << 2;
/// States of a neighbour that answered just now, or need not.
const KNOWN: u16 = 0x02 | 0x40 | 0x80;
/// Of one that answered some time ago.
const OLD: u16 = 0x04 | 0x08;
const PROBE: u16 = 0x10;
const NEW_NEIGHBOUR: u16 = 28;
const GET_NEIGHBOUR: u16 = 30;
const REPLACE: u16 = 0x100;

impl Gateway {
    fn words(&self) -> String {
        format!("{} on {}", self.address, self.name)
    }

    /// Has the kernel ask the neighbour anew, and waits for what it says.
    fn answers(&self) -> bool {
        let (Ok(heard), Ok(mut kernel)) = (Netlink::listen(None, NEIGHBOURS), Netlink::route()) else { return false };
        self.poke();
        let until = Instant::now() + NEAR;
        let mut asked = false;
        loop {
            match self.state(&mut kernel) {
                Some(state) if state & KNOWN != 0 => return true,
                Some(state) if state & OLD != 0 && !asked => {
                    asked = true;
                    let _ = kernel.request(NEW_NEIGHBOUR, REPLACE, &self.neighbour(PROBE));
                }
                _ => {}
            }
            let left = until.saturating_duration_since(Instant::now());
            let mut one = [PollFd::new(heard.socket(), PollFlags::IN)];
            if left.is_zero() || !matches!(poll(&mut one, Timespec::try_from(left).ok().as_ref()), Ok(1)) {
                return false;
            }
            let mut heard_some = [0; 1 << 14];
            let _ = rustix::net::recv(heard.socket(), &mut heard_some[..], rustix::net::RecvFlags::DONTWAIT);
        }
    }

    /// Anything that has to be sent there makes the kernel look for the neighbour.
    fn poke(&self) {
        let own: IpAddr =
            if self.address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let scope = if is_link_local(&self.address) { self.link } else { 0 };
        let to = match self.address {
            IpAddr::V4(address) => SocketAddr::from((address, 9)),
            IpAddr::V6(address) => std::net::SocketAddrV6::new(address, 9, 0, scope).into(),
        };
        if let Ok(socket) = UdpSocket::bind((own, 0)) {
            let _ = socket.send_to(&[0], to);
        }
    }

    fn state(&self, kernel: &mut Netlink) -> Option<u16> {
        let mut question = vec![0; 12];
        question.iter_mut().take(1).for_each(|byte| *byte = self.family());
        let all = kernel.dump(GET_NEIGHBOUR, &question).ok()?;
        let bytes = self.bytes();
        let own = all.iter().find(|body| {
            array(body, 4).map(u32::from_ne_bytes) == Some(self.link)
                && body.get(12..).and_then(|rest| attribute(rest, item::NDA_DST)) == Some(&bytes)
        })?;
        array(own, 8).map(u16::from_ne_bytes)
    }

    fn neighbour(&self, state: u16) -> Vec<u8> {
        let mut body = vec![self.family(), 0, 0, 0];
        body.extend(self.link.to_ne_bytes());
        body.extend(state.to_ne_bytes());
        body.extend([0, 0]);
        crate::netlink::put(&mut body, item::NDA_DST, &self.bytes());
        body
    }

    fn family(&self) -> u8 {
        if self.address.is_ipv4() { item::IPV4 } else { item::IPV6 }
    }

    fn bytes(&self) -> Vec<u8> {
        match self.address {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        }
    }
}

fn is_link_local(address: &IpAddr) -> bool {
    matches!(address, IpAddr::V6(address) if address.is_unicast_link_local())
}

fn opens(address: SocketAddr, patience: Duration) -> bool {
    TcpStream::connect_timeout(&address, patience).is_ok()
}

/// The addresses on which sshd listens, as one reaches them from here.
fn ssh(system: &System) -> Vec<SocketAddr> {
    let ports = kind::ssh_ports(system).unwrap_or_default();
    let sockets = listening(system).into_iter().filter(|address| ports.contains(&address.port()));
    sockets.collect()
}

/// Whether something there says that it speaks ssh.
fn greets(address: SocketAddr) -> bool {
    let address = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), address.port()),
        IpAddr::V6(ip) if ip.is_unspecified() => SocketAddr::new(Ipv6Addr::LOCALHOST.into(), address.port()),
        _ => address,
    };
    let greeting = || {
        let mut stream = TcpStream::connect_timeout(&address, NEAR)?;
        stream.set_read_timeout(Some(FAR))?;
        let mut word = [0; 4];
        stream.read_exact(&mut word)?;
        Ok::<_, std::io::Error>(word)
    };
    greeting().is_ok_and(|word| &word == b"SSH-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health(probes: &[(&str, &str, bool)]) -> Health {
        let probe = |(what, which, holds): &(&str, &str, bool)| Probe {
            what: (*what).into(),
            which: (*which).into(),
            holds: *holds,
        };
        Health { probes: probes.iter().map(probe).collect() }
    }

    #[test]
    fn only_what_held_before_is_missed() {
        let before = health(&[
            ("outside", "a", true),
            ("outside", "b", false),
            ("container", "c", true),
            ("gateway", "g", false),
        ]);
        assert_eq!(before.lost_since(&before), []);
        let one_left = health(&[("outside", "a", false), ("outside", "b", true)]);
        assert_eq!(one_left.lost_since(&before), [], "one way out is enough, and the container is gone");
        let none_left = health(&[("outside", "a", false), ("outside", "b", false), ("container", "c", false)]);
        let lost: Vec<String> = none_left.lost_since(&before).into_iter().map(|probe| probe.which).collect();
        assert_eq!(lost, ["a", "c"]);
        assert!(none_left.hold_since(&before).unwrap_err().what.contains("outside a answered before"));
    }
}
