//! Namespaces: a caller outside, a host, a container behind the host's bridge, and one with a bell.
//!
//! All packets of the test pass one processor's queue, in order. So a packet that was sent through a
//! quiet namespace and has arrived says that all earlier ones have arrived, too: nothing waits for time.

use crate::dice::Dice;
use crate::{iptables, nftables};
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with};
use rustix::thread::{CpuSet, LinkNameSpaceType, move_into_link_name_space, sched_setaffinity};
use std::fs::File;
use std::io::Write;
use std::net::UdpSocket;
use std::os::fd::AsFd;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Why the network cannot be made here.
pub(crate) struct Missing(pub(crate) String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Outside,
    Host,
    Container,
}

impl Place {
    /// The host's interface by which packets of this place come in.
    pub(crate) fn enters_by(self) -> &'static str {
        match self {
            Place::Outside => "h0",
            Place::Host => "lo",
            Place::Container => "br0",
        }
    }
}

pub(crate) struct Network {
    prefix: String,
    own: File,
    spaces: Vec<(Place, File)>,
    bell: (UdpSocket, UdpSocket),
}

const PROGRAMS: [&str; 6] =
    ["ip", "nft", "iptables-nft-restore", "ip6tables-nft-restore", "iptables-nft-save", "ip6tables-nft-save"];

fn has(program: &str) -> bool {
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
    path.split(':').any(|folder| std::path::Path::new(folder).join(program).is_file())
}

fn run(argv: &[&str], input: &str) -> Result<(), String> {
    let mut child = Command::new(argv[0])
        .args(&argv[1..])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{argv:?}: {error}"))?;
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
    let ended = child.wait_with_output().expect("it ends");
    match ended.status.success() {
        true => Ok(()),
        false => Err(format!("{argv:?}: {}", String::from_utf8_lossy(&ended.stderr))),
    }
}

impl Network {
    pub(crate) fn make() -> Result<Network, Missing> {
        if !rustix::process::geteuid().is_root() {
            return Err(Missing("this is not root".into()));
        }
        if let Some(gone) = PROGRAMS.iter().find(|program| !has(program)) {
            return Err(Missing(format!("`{gone}` is not installed")));
        }
        let mut one = CpuSet::new();
        one.set(rustix::thread::sched_getcpu());
        sched_setaffinity(None, &one).expect("one processor");
        let prefix = format!("piton-reach-{}", std::process::id());
        let own = File::open("/proc/thread-self/ns/net").expect("this namespace");
        let mut network = Network { prefix, own, spaces: Vec::new(), bell: bells() };
        for (place, name) in [(Place::Outside, "outside"), (Place::Host, "host"), (Place::Container, "container")] {
            let full = network.name(name);
            run(&["ip", "netns", "add", &full], "").map_err(Missing)?;
            let file = File::open(format!("/run/netns/{full}")).map_err(|error| Missing(error.to_string()))?;
            network.spaces.push((place, file));
        }
        network.wire().map_err(Missing)?;
        let bell = network.name("bell");
        run(&["ip", "netns", "add", &bell], "").map_err(Missing)?;
        run(&["ip", "-n", &bell, "link", "set", "lo", "up"], "").map_err(Missing)?;
        let space = File::open(format!("/run/netns/{bell}")).map_err(|error| Missing(error.to_string()))?;
        enter(&space);
        network.bell = bells();
        enter(&network.own);
        Ok(network)
    }

    fn name(&self, name: &str) -> String {
        format!("{}-{name}", self.prefix)
    }

    fn wire(&self) -> Result<(), String> {
        let (outside, host, container) = (self.name("outside"), self.name("host"), self.name("container"));
        let lines = format!(
            "-n {host} link add h0 type veth peer name c0 netns {outside}
             -n {host} link add b0 type veth peer name k0 netns {container}
             -n {host} link add br0 type bridge
             -n {host} link set b0 master br0
             -n {outside} link set lo up
             -n {outside} link set c0 up
             -n {container} link set lo up
             -n {container} link set k0 up
             -n {host} link set lo up
             -n {host} link set h0 up
             -n {host} link set b0 up
             -n {host} link set br0 up
             -n {host} addr add 10.80.0.1/24 dev h0
             -n {host} addr add 10.80.0.9/24 dev h0
             -n {host} addr add fd80::1/64 dev h0 nodad
             -n {host} addr add 172.29.0.1/24 dev br0
             -n {host} addr add fd29::1/64 dev br0 nodad
             -n {outside} addr add 10.80.0.2/24 dev c0
             -n {outside} addr add 198.51.100.7/32 dev c0
             -n {outside} addr add fd80::2/64 dev c0 nodad
             -n {outside} addr add 2001:db8:7::7/128 dev c0 nodad
             -n {container} addr add 172.29.0.2/24 dev k0
             -n {container} addr add fd29::2/64 dev k0 nodad
             -n {host} route add default via 10.80.0.2
             -n {host} -6 route add default via fd80::2
             -n {outside} route add default via 10.80.0.1
             -n {outside} -6 route add default via fd80::1
             -n {container} route add default via 172.29.0.1
             -n {container} -6 route add default via fd29::1"
        );
        for line in lines.lines() {
            let words: Vec<&str> = ["ip"].into_iter().chain(line.split_whitespace()).collect();
            run(&words, "")?;
        }
        // No packet of the test may wait for a neighbour to be asked for.
        self.introduce(&outside, "c0", &host, "h0", &["10.80.0.1", "10.80.0.9", "fd80::1"])?;
        self.introduce(&host, "h0", &outside, "c0", &["10.80.0.2", "198.51.100.7", "fd80::2", "2001:db8:7::7"])?;
        self.introduce(&container, "k0", &host, "br0", &["172.29.0.1", "fd29::1"])?;
        self.introduce(&host, "br0", &container, "k0", &["172.29.0.2", "fd29::2"])?;
        self.within(Place::Host, || {
            for (key, value) in [
                ("ipv4/ip_forward", "1"),
                ("ipv6/conf/all/forwarding", "1"),
                ("ipv4/icmp_ratelimit", "0"),
                ("ipv6/icmp/ratelimit", "0"),
            ] {
                std::fs::write(format!("/proc/sys/net/{key}"), value).map_err(|error| format!("{key}: {error}"))?;
            }
            Ok(())
        })
    }

    fn introduce(&self, who: &str, by: &str, whom: &str, at: &str, addresses: &[&str]) -> Result<(), String> {
        let shown = Command::new("ip")
            .args(["-n", whom, "-o", "link", "show", at])
            .output()
            .map_err(|error| error.to_string())?;
        let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
        let mac = shown.split_whitespace().skip_while(|word| *word != "link/ether").nth(1).ok_or("no address")?;
        for address in addresses {
            run(&["ip", "-n", who, "neigh", "replace", address, "lladdr", mac, "dev", by, "nud", "permanent"], "")?;
        }
        Ok(())
    }

    /// Runs something in one of the namespaces.
    pub(crate) fn within<T>(&self, place: Place, work: impl FnOnce() -> T) -> T {
        let space = self.spaces.iter().find(|(other, _)| *other == place).expect("a namespace");
        enter(&space.1);
        let done = work();
        enter(&self.own);
        done
    }

    /// Loads a random rule set in place of the last one, and tells it.
    pub(crate) fn load(&self, dice: &mut Dice) -> String {
        let legacy = ["iptables-legacy-restore", "ip6tables-legacy-restore"];
        let has_legacy = legacy.iter().all(|program| has(program)) && has("iptables-legacy-save");
        let newer = ["iptables-nft-restore", "ip6tables-nft-restore"];
        let mut told = String::new();
        self.within(Place::Host, || {
            forget_connections();
            run(&["nft", "flush", "ruleset"], "").expect("flushed");
            let older = has_legacy && dice.percent(25);
            for (v6, program) in [false, true].into_iter().zip(legacy) {
                if has_legacy {
                    let text = if older { iptables::rules(dice, v6) } else { iptables::nothing() };
                    load_saved(program, &text, &mut told, older);
                }
            }
            let by_iptables = !older && dice.percent(65);
            for (v6, program) in [false, true].into_iter().zip(newer) {
                if by_iptables {
                    load_saved(program, &iptables::rules(dice, v6), &mut told, true);
                }
            }
            if !by_iptables || dice.percent(25) {
                let text = nftables::rules(dice);
                run(&["nft", "-f", "-"], &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
                told.push_str(&text);
            }
            // As Docker switches it on for its bridges where it has no proxy.
            let loopback = if dice.percent(50) { "1" } else { "0" };
            let set = std::fs::write("/proc/sys/net/ipv4/conf/br0/route_localnet", loopback);
            set.expect("loopback addresses by the bridge");
            told.push_str(&format!("route_localnet of br0: {loopback}\n"));
        });
        told
    }

    /// Returns when every packet that was sent has arrived, and those that it brought about.
    pub(crate) fn settle(&self) {
        let mut heard = [0];
        for _ in 0..12 {
            self.bell.0.send(b"!").expect("rung");
            self.bell.1.recv(&mut heard).expect("heard");
        }
    }
}

/// Empties the kernel's table of connections: what is left of one rule set's must not meet the next.
fn forget_connections() {
    const DELETE: u16 = 1 << 8 | 2;
    const REQUEST_ACK: u16 = 5;
    let protocol = Some(rustix::net::netlink::NETFILTER);
    let socket =
        socket_with(AddressFamily::NETLINK, SocketType::DGRAM, SocketFlags::CLOEXEC, protocol).expect("netlink");
    let mut message = 20u32.to_ne_bytes().to_vec();
    message.extend(DELETE.to_ne_bytes());
    message.extend(REQUEST_ACK.to_ne_bytes());
    message.extend([0; 12]);
    sendto(&socket, &message, SendFlags::empty(), &SocketAddrNetlink::new(0, 0)).expect("asked");
    let mut answer = [0; 64];
    recv(&socket, &mut answer[..], RecvFlags::empty()).expect("an answer");
    assert_eq!(answer[16..20], [0; 4], "the kernel forgets its connections");
}

fn load_saved(program: &str, text: &str, told: &mut String, tell: bool) {
    run(&[program], text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    if tell {
        told.push_str(&format!("# {program}\n{text}"));
    }
}

fn bells() -> (UdpSocket, UdpSocket) {
    let (ring, hear) =
        (UdpSocket::bind("127.0.0.1:0").expect("a bell"), UdpSocket::bind("127.0.0.1:0").expect("a bell"));
    ring.connect(hear.local_addr().expect("an address")).expect("connected");
    hear.set_read_timeout(Some(Duration::from_secs(20))).expect("patience");
    (ring, hear)
}

fn enter(space: &File) {
    move_into_link_name_space(space.as_fd(), Some(LinkNameSpaceType::Network)).expect("the namespace");
}

impl Drop for Network {
    fn drop(&mut self) {
        for name in ["outside", "host", "container", "bell"] {
            let _ = run(&["ip", "netns", "del", &self.name(name)], "");
        }
    }
}
