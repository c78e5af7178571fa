//! Real connections, many at once, and what became of each.
//!
//! Every one carries its own number there and back: only what came back whole was open. TCP and UDP
//! alike; the servers are sockets of this very thread in the other namespaces.

use crate::dice::Dice;
use crate::network::{Network, Place};
use piton_reach::Protocol;
use rustix::io::Errno;
use rustix::net::sockopt::{set_ipv6_v6only, set_socket_linger, set_socket_reuseaddr, socket_error};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, accept_with, bind, connect, listen, recv, recvfrom,
    send, sendto, socket_with,
};
use std::net::{IpAddr, SocketAddr};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

#[derive(Clone, Debug)]
pub(crate) struct Probe {
    pub(crate) from: Place,
    /// None: whatever the kernel takes.
    pub(crate) source: Option<IpAddr>,
    pub(crate) source_port: u16,
    pub(crate) destination: IpAddr,
    pub(crate) protocol: Protocol,
    pub(crate) port: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Open,
    Refused,
    Silent,
}

/// Each connection has a port of its own, so that none meets what tracking remembers of another.
static NEXT_PORT: AtomicU16 = AtomicU16::new(33_000);

fn source_port() -> u16 {
    let next = |port| Some(if port >= 51_000 { 33_000 } else { port + 1 });
    NEXT_PORT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).expect("a port")
}

pub(crate) const TCP_PORTS: [u16; 6] = [22, 80, 443, 8080, 9100, 7];
pub(crate) const UDP_PORTS: [u16; 3] = [53, 51820, 7];

/// Ports on which the machines beyond the host listen; what is sent on goes there.
pub(crate) const BEYOND: [u16; 6] = [22, 80, 443, 8080, 9100, 7];

impl Probe {
    pub(crate) fn any(dice: &mut Dice) -> Probe {
        let v6 = dice.percent(35);
        let from = match dice.below(10) {
            0..6 => Place::Outside,
            6..8 => Place::Container,
            _ => Place::Host,
        };
        let address = |text: &str| -> IpAddr { text.parse().expect("an address") };
        let source = match (from, v6) {
            (Place::Host, _) => None,
            (Place::Outside, false) => Some(dice.pick(&["10.80.0.2", "198.51.100.7"])),
            (Place::Outside, true) => Some(dice.pick(&["fd80::2", "2001:db8:7::7"])),
            (Place::Container, false) => Some("172.29.0.2"),
            (Place::Container, true) => Some("fd29::2"),
        };
        let destination = match (from, v6) {
            (Place::Outside, false) => dice.pick(&["10.80.0.1", "10.80.0.1", "10.80.0.9", "172.29.0.2", "172.29.0.1"]),
            (Place::Outside, true) => dice.pick(&["fd80::1", "fd29::2"]),
            (Place::Container, false) => dice.pick(&["172.29.0.1", "10.80.0.1", "10.80.0.2", "198.51.100.7"]),
            (Place::Container, true) => dice.pick(&["fd29::1", "fd80::2"]),
            (Place::Host, false) => dice.pick(&["127.0.0.1", "10.80.0.1", "172.29.0.2", "10.80.0.2"]),
            (Place::Host, true) => dice.pick(&["::1", "fd80::1", "fd29::2"]),
        };
        let beyond = matches!(
            (from, destination),
            (Place::Outside, "172.29.0.2" | "fd29::2")
                | (Place::Container, "10.80.0.2" | "198.51.100.7" | "fd80::2")
                | (Place::Host, "172.29.0.2" | "fd29::2" | "10.80.0.2")
        );
        let protocol = if dice.percent(75) { Protocol::Tcp } else { Protocol::Udp };
        let port = match (protocol, beyond) {
            (Protocol::Tcp, false) => dice.pick(&TCP_PORTS),
            (Protocol::Tcp, true) => dice.pick(&BEYOND),
            (Protocol::Udp, false) => dice.pick(&UDP_PORTS),
            (Protocol::Udp, true) => dice.pick(&UDP_PORTS[..2]),
        };
        let source = source.map(address);
        Probe { from, source, source_port: source_port(), destination: address(destination), protocol, port }
    }
}

fn open(v6: bool, protocol: Protocol) -> OwnedFd {
    let family = if v6 { AddressFamily::INET6 } else { AddressFamily::INET };
    let kind = if protocol == Protocol::Tcp { SocketType::STREAM } else { SocketType::DGRAM };
    socket_with(family, kind, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC, None).expect("a socket")
}

/// The sockets that answer, by place.
pub(crate) struct Servers {
    sockets: Vec<(Protocol, OwnedFd)>,
}

impl Servers {
    pub(crate) fn listen(network: &Network) -> Servers {
        let mut sockets = Vec::new();
        let mut at = |place, protocol, address: &str, port: u16, v6_only: bool| {
            let address: SocketAddr = SocketAddr::new(address.parse().expect("an address"), port);
            let socket = network.within(place, || {
                let socket = open(address.is_ipv6(), protocol);
                if address.is_ipv6() {
                    set_ipv6_v6only(&socket, v6_only).expect("an option");
                }
                set_socket_reuseaddr(&socket, true).expect("an option");
                bind(&socket, &address).unwrap_or_else(|error| panic!("{address}: {error}"));
                if protocol == Protocol::Tcp {
                    listen(&socket, 512).expect("it listens");
                }
                socket
            });
            sockets.push((protocol, socket));
        };
        at(Place::Host, Protocol::Tcp, "0.0.0.0", 22, false);
        at(Place::Host, Protocol::Tcp, "::", 80, false);
        at(Place::Host, Protocol::Tcp, "10.80.0.1", 443, false);
        at(Place::Host, Protocol::Tcp, "::", 8080, true);
        at(Place::Host, Protocol::Tcp, "127.0.0.1", 9100, false);
        at(Place::Host, Protocol::Tcp, "::1", 9100, true);
        for address in ["10.80.0.1", "10.80.0.9", "172.29.0.1", "127.0.0.1", "fd80::1", "fd29::1"] {
            at(Place::Host, Protocol::Udp, address, 53, true);
        }
        at(Place::Host, Protocol::Udp, "10.80.0.1", 51820, true);
        at(Place::Host, Protocol::Udp, "fd80::1", 51820, true);
        for port in BEYOND {
            at(Place::Container, Protocol::Tcp, "::", port, false);
            at(Place::Outside, Protocol::Tcp, "::", port, false);
        }
        for port in &UDP_PORTS[..2] {
            for address in ["172.29.0.2", "fd29::2"] {
                at(Place::Container, Protocol::Udp, address, *port, true);
            }
            for address in ["10.80.0.2", "198.51.100.7", "fd80::2"] {
                at(Place::Outside, Protocol::Udp, address, *port, true);
            }
        }
        Servers { sockets }
    }

    /// Takes in what came, and sends each number back.
    fn answer(&self) -> Vec<OwnedFd> {
        let mut kept = Vec::new();
        let mut number = [0; 4];
        for (protocol, socket) in &self.sockets {
            match protocol {
                Protocol::Tcp => {
                    while let Ok(connection) = accept_with(socket, SocketFlags::NONBLOCK) {
                        if let Ok((4, _)) = recv(&connection, &mut number[..], RecvFlags::empty()) {
                            let _ = send(&connection, &number, SendFlags::NOSIGNAL);
                        }
                        // No farewell: what is left of it would meet the next rules.
                        let _ = set_socket_linger(&connection, Some(Duration::ZERO));
                        kept.push(connection);
                    }
                }
                Protocol::Udp => {
                    while let Ok((count, _, Some(from))) = recvfrom(socket, &mut number[..], RecvFlags::empty()) {
                        let _ = sendto(socket, &number[..count], SendFlags::NOSIGNAL, &from);
                    }
                }
            }
        }
        kept
    }
}

/// Tries all of them at once.
pub(crate) fn try_all(network: &Network, servers: &Servers, probes: &[Probe]) -> Vec<Seen> {
    let callers: Vec<(OwnedFd, Result<(), Errno>)> = probes.iter().map(|probe| call(network, probe)).collect();
    network.settle();
    for (number, (socket, _)) in (0u32..).zip(&callers) {
        // UDP's first packet is this one; a TCP connection that is not there takes nothing.
        let _ = send(socket, &number.to_be_bytes(), SendFlags::NOSIGNAL);
    }
    network.settle();
    let kept = servers.answer();
    network.settle();
    let seen = (0u32..).zip(&callers).map(|(number, (socket, began))| heard(socket, began, number)).collect();
    // The callers first, so that nobody answers to who is gone.
    drop(callers);
    drop(kept);
    network.settle();
    // What came too late for its caller must not be taken for the next one's.
    drop(servers.answer());
    seen
}

fn call(network: &Network, probe: &Probe) -> (OwnedFd, Result<(), Errno>) {
    network.within(probe.from, || {
        let v6 = probe.destination.is_ipv6();
        let socket = open(v6, probe.protocol);
        let any: IpAddr = if v6 { "::".parse() } else { "0.0.0.0".parse() }.expect("an address");
        let own = SocketAddr::new(probe.source.unwrap_or(any), probe.source_port);
        bind(&socket, &own).unwrap_or_else(|error| panic!("{own}: {error}"));
        if probe.protocol == Protocol::Tcp {
            let _ = set_socket_linger(&socket, Some(Duration::ZERO));
        }
        let began = connect(&socket, &SocketAddr::new(probe.destination, probe.port));
        (socket, began)
    })
}

/// What a caller got: its number, a refusal, or nothing.
fn heard(socket: &OwnedFd, began: &Result<(), Errno>, number: u32) -> Seen {
    let mut bytes = [0; 4];
    let refused = |error: Errno| !matches!(error, Errno::AGAIN | Errno::INPROGRESS | Errno::NOTCONN);
    match recv(socket, &mut bytes[..], RecvFlags::empty()) {
        Ok((4, _)) if u32::from_be_bytes(bytes) == number => return Seen::Open,
        Err(error) if refused(error) => return Seen::Refused,
        _ => {}
    }
    let late = matches!(socket_error(socket), Ok(Err(error)) if refused(error));
    let at_once = matches!(began, Err(error) if refused(*error));
    if late || at_once { Seen::Refused } else { Seen::Silent }
}
