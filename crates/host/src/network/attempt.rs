//! Real attempts from the operator's machine, to hold a model against.

use serde::Serialize;
use std::io::ErrorKind;
use std::net::{TcpStream, ToSocketAddrs};
use std::thread;
use std::time::Duration;

/// How long a port may say nothing before it counts as silent.
const PATIENCE: Duration = Duration::from_secs(3);

/// At once, so that many silent ports take no longer than one.
const TOGETHER: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Attempt {
    Open,
    Refused,
    Silent,
}

/// Tries every port, in their order.
pub fn all(address: &str, ports: &[u16]) -> Vec<Attempt> {
    let mut found = Vec::with_capacity(ports.len());
    for some in ports.chunks(TOGETHER) {
        found.extend(thread::scope(|threads| {
            let tries: Vec<_> = some.iter().map(|port| threads.spawn(|| one(address, *port))).collect();
            tries.into_iter().map(|one| one.join().unwrap_or(Attempt::Silent)).collect::<Vec<_>>()
        }));
    }
    found
}

fn one(address: &str, port: u16) -> Attempt {
    let addresses = (address, port).to_socket_addrs().into_iter().flatten();
    let mut refused = false;
    for address in addresses {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(_) => return Attempt::Open,
            Err(error) => refused |= !matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock),
        }
    }
    if refused { Attempt::Refused } else { Attempt::Silent }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_port_and_a_closed_one_are_told_apart() {
        let open = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let ports = [&open, &closed].map(|listener| listener.local_addr().unwrap().port());
        drop(closed);
        assert_eq!(all("127.0.0.1", &ports), [Attempt::Open, Attempt::Refused]);
    }
}
