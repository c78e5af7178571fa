//! The network of a fresh server, for foretelling what a site comes to where no host is at hand.

use crate::packet::Protocol;
use crate::state::{LinkKind, Listener, Route, RouteKind, State, TABLE_MAIN};
use ipnet::{IpNet, Ipv4Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where nothing else is known, addresses that are nobody's.
const NOBODY: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const NOBODY_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);

impl State {
    /// One card with an address and a way out by IPv4 and by IPv6, sshd on one port, and no filter. By which of them the
    /// site is reached says nothing about the other: a server has both unless somebody takes one away.
    pub fn of_fresh_server(address: Option<IpAddr>, ssh_port: u16) -> State {
        let mut state = State { rules: State::usual_rules(), ..State::default() };
        state.add_link("lo", LinkKind::Loopback);
        state.add_link("eth0", LinkKind::Other);
        state.add_address("lo", Ipv4Net::new_assert(Ipv4Addr::LOCALHOST, 8).into());
        let of_v4 = address.filter(IpAddr::is_ipv4).unwrap_or(NOBODY.into());
        let of_v6 = address.filter(IpAddr::is_ipv6).unwrap_or(NOBODY_V6.into());
        for own in [of_v4, of_v6] {
            let everything: IpNet =
                if own.is_ipv6() { IpNet::V6(Default::default()) } else { IpNet::V4(Default::default()) };
            let net = IpNet::new(own, if own.is_ipv6() { 64 } else { 24 }).unwrap_or(own.into());
            state.add_address("eth0", net);
            state.routes.push(Route {
                table: TABLE_MAIN,
                kind: RouteKind::Unicast,
                to: everything,
                via: net.hosts().find(|gateway| *gateway != own),
                interfaces: vec!["eth0".into()],
                metric: 0,
            });
        }
        for address in [IpAddr::from(Ipv4Addr::UNSPECIFIED), Ipv6Addr::UNSPECIFIED.into()] {
            state.sockets.push(Listener {
                protocol: Protocol::Tcp,
                address,
                port: ssh_port,
                v6_only: true,
                interface: None,
                program: Some("sshd".into()),
                container: None,
            });
        }
        state
    }
}
