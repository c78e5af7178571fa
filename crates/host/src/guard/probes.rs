//! What answers on a host, asked before a change and again before it is confirmed.
//!
//! That one can log in says nothing of the rest: a rule that drops what goes to the host itself
//! leaves ssh alone and kills every service. So whatever answered before must answer after. What
//! never answered, and what the change has stopped or moved, is not held against it.

use super::login_shell;
use crate::saved::ufw_is_whole;
use crate::system::{Fault, FaultCode, System};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Error, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::thread;
use std::time::Duration;

/// On the host itself an answer takes no time; a filter that drops it takes for ever.
const LOCAL: Duration = Duration::from_secs(1);
const RESOLVER: Duration = Duration::from_secs(2);

/// What was found to answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probes {
    /// TCP sockets of this host that could be opened from this host.
    pub open: BTreeSet<SocketAddr>,
    /// Name servers of this host that answered.
    pub resolvers: BTreeSet<IpAddr>,
    /// There was a default route, in IPv4 and in IPv6.
    pub default_route: [bool; 2],
    /// Units that were active.
    pub units: BTreeSet<String>,
    /// ufw was on, and its rules were in the kernel.
    #[serde(default)]
    pub filtered: bool,
    /// The logins whose shell must start: those that the change may touch.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shells: BTreeMap<String, bool>,
}

impl Probes {
    /// Asks everything at once, so that it takes as long as the slowest answer.
    pub fn take(system: &System) -> Probes {
        let listening = listening(system);
        let resolvers = resolvers(system);
        thread::scope(|scope| {
            let resolvers: Vec<_> =
                resolvers.into_iter().map(|server| (server, scope.spawn(move || resolves(server)))).collect();
            let open: Vec<_> =
                listening.into_iter().map(|address| (address, scope.spawn(move || opens(address)))).collect();
            let units = units(system, "active");
            let filtered = ufw_is_whole(system) == Some(true);
            let default_route = default_route(system);
            let (open, resolvers, shells) = (answered(open), answered(resolvers), BTreeMap::new());
            Probes { open, resolvers, default_route, units, filtered, shells }
        })
    }

    /// Asks again what answered before; the first that does not is why the change cannot stay.
    pub fn hold(&self, system: &System) -> Result<(), Fault> {
        let still = listening(system);
        let now = Probes::take(system);
        if let Some(lost) = self.open.iter().find(|address| still.contains(address) && !now.open.contains(address)) {
            let what = format!("something listens on {lost} as before, and cannot be opened any more");
            return Err(unhealthy(what, "look for the filter rule that keeps this host from itself"));
        }
        if !self.resolvers.is_empty() && now.resolvers.is_empty() {
            return Err(unhealthy("no name server answers any more".into(), "look at routes and the filter"));
        }
        if self.default_route.iter().zip(now.default_route).any(|(before, now)| *before && !now) {
            return Err(unhealthy("there is no default route any more".into(), "look at `ip route` on the host"));
        }
        // Another filter's start flushes ufw's rules without a word, and then everything is open or closed.
        if self.filtered && ufw_is_whole(system) == Some(false) {
            let what = "ufw is on in its files, and its rules are not in the kernel any more";
            return Err(unhealthy(what.into(), "look for what loads a filter of its own: two of them undo each other"));
        }
        let turned_away = |(user, must): &(&String, &bool)| **must && login_shell::starts(system, user) == Some(false);
        if let Some((user, _)) = self.shells.iter().find(turned_away) {
            let what = format!("{user} gets in by ssh, and no shell: it ends while it starts");
            return Err(unhealthy(what, "look at /etc/profile, /etc/profile.d and what shells read in its home"));
        }
        // One that was not there before is a package's own default; what the site wants of it was checked.
        if let Some(unit) = units(system, "failed").intersection(&self.units).next() {
            let help = format!("see `journalctl -u {unit} -n 50` on the host");
            return Err(unhealthy(format!("the unit {unit} has failed"), &help));
        }
        Ok(())
    }
}

fn unhealthy(what: String, help: &str) -> Fault {
    Fault::new(FaultCode::Unhealthy, what).help(help)
}

fn answered<T: Ord>(asked: Vec<(T, thread::ScopedJoinHandle<'_, bool>)>) -> BTreeSet<T> {
    let heard = asked.into_iter().filter_map(|(what, answer)| answer.join().ok().filter(|yes| *yes).map(|_| what));
    heard.collect()
}

fn opens(address: SocketAddr) -> bool {
    let here = |ip: IpAddr| TcpStream::connect_timeout(&SocketAddr::new(ip, address.port()), LOCAL);
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => here(Ipv4Addr::LOCALHOST.into()).is_ok(),
        IpAddr::V6(ip) if ip.is_unspecified() => match here(Ipv6Addr::LOCALHOST.into()) {
            // This host has no IPv6, or none any more: such a socket answers in IPv4 as well.
            Err(error) if has_no_address(&error) => here(Ipv4Addr::LOCALHOST.into()).is_ok(),
            other => other.is_ok(),
        },
        ip => here(ip).is_ok(),
    }
}

/// Told apart from a filter's refusal, which comes from an address that is there.
fn has_no_address(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::AddrNotAvailable | ErrorKind::NetworkUnreachable)
}

/// Asks for the name servers of the root, which any resolver knows.
pub(crate) fn resolves(server: IpAddr) -> bool {
    let unspecified: IpAddr = match server {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    // Id, recursion wanted, one question: `.` of type NS in class IN.
    let question = [0x70, 0x69, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1];
    let ask = || {
        let socket = UdpSocket::bind((unspecified, 0))?;
        socket.set_read_timeout(Some(RESOLVER))?;
        socket.connect((server, 53))?;
        socket.send(&question)?;
        socket.recv(&mut [0u8; 512])
    };
    ask().is_ok_and(|count| count >= 12)
}

pub(crate) fn resolvers(system: &System) -> Vec<IpAddr> {
    let text = system.read_text("/etc/resolv.conf").ok().flatten().unwrap_or_default();
    let words = text.lines().filter_map(|line| line.trim().strip_prefix("nameserver")?.split_whitespace().next());
    words.filter_map(|word| word.parse().ok()).take(3).collect()
}

/// The kernel's tables: destination and mask in the second and eighth column of the one, an address
/// and its length in the first two of the other, which also lists what it rejects.
fn default_route(system: &System) -> [bool; 2] {
    let table = |path: &str| system.read_text(path).ok().flatten().unwrap_or_default();
    let four = table("/proc/net/route").lines().any(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        matches!(words.as_slice(), [_, "00000000", _, _, _, _, _, "00000000", ..])
    });
    let six = table("/proc/net/ipv6_route").lines().any(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let any = matches!(words.as_slice(), ["00000000000000000000000000000000", "00", ..]);
        any && words.last().is_some_and(|device| *device != "lo")
    });
    [four, six]
}

/// The units in a state, as systemd calls it.
fn units(system: &System, state: &str) -> BTreeSet<String> {
    let state = format!("--state={state}");
    let call = ["systemctl", "list-units", &state, "--type=service,socket", "--plain", "--no-legend", "--no-pager"];
    let said = system.run_ok(&call).unwrap_or_default();
    let names = said.lines().filter_map(|line| line.split_whitespace().next());
    // Logins come and go, and the guard's own doings are no trouble of the change's.
    names.filter(|name| !name.starts_with("piton-guard") && !name.starts_with("user")).map(str::to_owned).collect()
}

/// Every address and port that a TCP socket listens on.
pub(crate) fn listening(system: &System) -> BTreeSet<SocketAddr> {
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|path| system.read_text(path).ok().flatten());
    tables.iter().flatten().flat_map(|table| table.lines().skip(1)).filter_map(listener).collect()
}

/// `0: 0100007F:0016 00000000:0000 0A …`: the local address, the remote one, and the state.
fn listener(line: &str) -> Option<SocketAddr> {
    let mut words = line.split_whitespace().skip(1);
    let (local, _, state) = (words.next()?, words.next()?, words.next()?);
    if state != "0A" {
        return None;
    }
    let (address, port) = local.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    // Words of four bytes, each as the machine holds it.
    let words: Option<Vec<u8>> = address
        .as_bytes()
        .chunks(8)
        .map(|word| u32::from_str_radix(std::str::from_utf8(word).ok()?, 16).ok())
        .try_fold(Vec::new(), |mut bytes, word| {
            bytes.extend(word?.to_ne_bytes());
            Some(bytes)
        });
    let bytes = words?;
    let ip: IpAddr = match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok()?.into(),
        16 => <[u8; 16]>::try_from(bytes).ok()?.into(),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saved::testing::{file, program};
    use std::net::TcpListener;

    #[test]
    fn the_table_of_sockets_is_read() {
        let line = "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1";
        assert_eq!(listener(line), Some("127.0.0.1:8080".parse().unwrap()));
        let line = "   1: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 0:0 0:0 0";
        assert_eq!(listener(line), Some("[::1]:22".parse().unwrap()));
        let connected = "   2: 0100007F:1F90 0100007F:E0D2 01 00000000:00000000 00:00000000 00000000";
        assert_eq!(listener(connected), None);
        assert_eq!(listener("  sl  local_address rem_address   st tx_queue"), None);
        assert_eq!(listener("0: zz:zz 0:0 0A"), None);
    }

    #[test]
    fn what_listens_here_is_found_and_opened_and_is_missed_only_while_it_listens() {
        let system = System::host();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let before = Probes { open: BTreeSet::from([address]), ..Probes::default() };
        assert!(Probes::take(&system).open.contains(&address));
        assert_eq!(before.hold(&system), Ok(()));
        drop(listener);
        assert_eq!(before.hold(&system), Ok(()), "what was stopped or moved is the change's own doing");
    }

    #[test]
    fn a_name_server_that_answered_and_does_not_any_more_is_missed() {
        let folder = tempfile::tempdir().unwrap();
        let before = Probes { resolvers: BTreeSet::from(["127.0.0.53".parse().unwrap()]), ..Probes::default() };
        let fault = before.hold(&System::at(folder.path())).unwrap_err();
        assert_eq!(fault.code, FaultCode::Unhealthy);
    }

    #[test]
    fn a_ufw_whose_rules_somebody_flushed_is_missed_and_one_that_was_turned_off_is_not() {
        let root = tempfile::tempdir().unwrap();
        let system = System::at(root.path());
        let tables = |tables: &str| program(&system, "iptables-save", &format!("printf '%s' '{tables}'"));
        program(&system, "ufw", "");
        file(&system, "/etc/ufw/ufw.conf", "ENABLED=yes\n");
        tables("*filter\n-A ufw-before-input -j ufw-user-input\nCOMMIT\n");
        let before = Probes { filtered: Probes::take(&system).filtered, ..Probes::default() };
        assert!(before.filtered);
        assert_eq!(before.hold(&system), Ok(()));
        tables("");
        assert!(before.hold(&system).unwrap_err().what.contains("not in the kernel any more"));
        file(&system, "/etc/ufw/ufw.conf", "ENABLED=no\n");
        assert_eq!(before.hold(&system), Ok(()));
    }

    /// Runs the named test once more, in a network of its own that is up.
    fn in_own_network(test: &str) -> bool {
        const INSIDE: &str = "PITON_TEST_NAMESPACE";
        if std::env::var_os(INSIDE).is_some() {
            return true;
        }
        if !rustix::process::geteuid().is_root() {
            return false;
        }
        let mut command = std::process::Command::new("unshare");
        command.args(["--net", "sh", "-c", "ip link set lo up && exec \"$0\" --exact \"$1\""]);
        let ran = command.arg(std::env::current_exe().unwrap()).arg(test).env(INSIDE, "1").output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
        false
    }

    #[test]
    fn a_socket_of_both_kinds_answers_also_where_a_change_turned_one_kind_off() {
        let name = "guard::probes::tests::a_socket_of_both_kinds_answers_also_where_a_change_turned_one_kind_off";
        if !in_own_network(name) {
            return;
        }
        let system = System::host();
        let both = TcpListener::bind("[::]:0").unwrap();
        let six = TcpListener::bind("[::1]:0").unwrap();
        let before = |listener: &TcpListener| {
            let address = listener.local_addr().unwrap();
            assert!(Probes::take(&system).open.contains(&address));
            Probes { open: BTreeSet::from([address]), ..Probes::default() }
        };
        let (of_both, of_six) = (before(&both), before(&six));
        std::fs::write("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1").unwrap();
        assert_eq!(of_both.hold(&system), Ok(()));
        assert!(of_six.hold(&system).unwrap_err().what.contains("cannot be opened any more"));
    }
}
