//! The network of a lab: one bridge, one /24, and a filter that keeps both to themselves.
//!
//! Hosts reach each other and the package cache at the bridge's address, nothing else. Every object carries the lab's
//! number in its name, so that `remove` needs no record of what was made.

use std::collections::BTreeSet;
use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;

use crate::command;
use crate::error::LabError;

/// Where the package cache listens on the bridge.
pub(crate) const PACKAGE_CACHE_PORT: u16 = 3142;

/// The network that belongs to one number, free of any effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    number: u8,
}

/// One line of the machine's routing table, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Route {
    destination: u32,
    mask: u32,
}

impl Network {
    pub(crate) fn numbered(number: u8) -> Network {
        Network { number }
    }

    /// Picks the first network that no other lab has and that the machine has no route into.
    pub(crate) fn first_free(taken: &BTreeSet<u8>, routes: &[Route]) -> Option<Network> {
        (0..=u8::MAX)
            .filter(|number| !taken.contains(number))
            .map(Network::numbered)
            .find(|network| !routes.iter().any(|route| route.overlaps(*network)))
    }

    pub(crate) fn number(self) -> u8 {
        self.number
    }

    pub(crate) fn gateway(self) -> Ipv4Addr {
        self.address(1)
    }

    pub(crate) fn address(self, last: u8) -> Ipv4Addr {
        Ipv4Addr::new(10, 77, self.number, last)
    }

    /// The name of a host's machine; systemd-nspawn names the near end of its cable after it.
    ///
    /// Two labs may both have a `gateway`, so the lab's number is in it.
    pub(crate) fn machine(self, host: &str) -> String {
        format!("l{}-{host}", self.number)
    }

    /// Takes away the cable of a host that has ended.
    ///
    /// The kernel does so too, but only once the last socket of the dead host is gone, which can take minutes where a
    /// connection was open; until then the host cannot boot again.
    pub(crate) fn unplug(self, host: &str) {
        // Usually there is none.
        let _ = ip(&["link", "delete", &format!("vb-{}", self.machine(host))]);
    }

    /// Sets the near end of a host's cable `up` or `down`.
    pub(crate) fn cable(self, host: &str, state: &str) -> Result<(), LabError> {
        ip(&["link", "set", "dev", &format!("vb-{}", self.machine(host)), state])
    }

    /// At most 12 characters; the kernel allows 15.
    pub(crate) fn bridge(self) -> String {
        format!("piton-lab{}", self.number)
    }

    pub(crate) fn proxy(self) -> String {
        format!("http://{}:{PACKAGE_CACHE_PORT}", self.gateway())
    }

    /// Makes the bridge and its filter; what is there already stays.
    pub(crate) fn make(self) -> Result<(), LabError> {
        let bridge = self.bridge();
        let bridge = bridge.as_str();
        if !Path::new("/sys/class/net").join(bridge).exists() {
            ip(&["link", "add", bridge, "type", "bridge", "forward_delay", "0", "stp_state", "0"])?;
        }
        ip(&["address", "replace", &format!("{}/24", self.gateway()), "dev", bridge])?;
        ip(&["link", "set", bridge, "up"])?;
        tune(bridge);
        command::run_with_input("filtering the lab's bridge", Command::new("nft").args(["-f", "-"]), &self.filter())?;
        self.pass_the_machines_own_firewall()
    }

    /// Removes all that `make` made; safe when nothing is there.
    pub(crate) fn remove(self) -> Result<(), LabError> {
        let bridge = self.bridge();
        for rule in self.rules_before_the_machines_own() {
            while iptables("-C", &rule) && iptables("-D", &rule) {}
        }
        if !command::is_installed("nft") || !command::is_installed("ip") {
            // Then nothing was made either, or it went with a reboot.
            return Ok(());
        }
        command::run_with_input(
            "removing the lab's filter",
            Command::new("nft").args(["-f", "-"]),
            // Declaring the table first makes deleting it succeed when it is not there.
            &format!("table inet {bridge} {{}}\ndelete table inet {bridge}\n"),
        )?;
        let interface = Path::new("/sys/class/net").join(&bridge);
        // The kernel takes a dead host's cable away too, but in its own time.
        for port in fs::read_dir(interface.join("brif")).into_iter().flatten().flatten() {
            let _ = ip(&["link", "delete", &port.file_name().to_string_lossy()]);
        }
        if interface.exists() {
            ip(&["link", "delete", &bridge])?;
        }
        Ok(())
    }

    /// Replaces the lab's own table as one transaction.
    ///
    /// Refusals are answered, not dropped: a program in a host that asks for a name or a site must fail at once.
    fn filter(self) -> String {
        let bridge = self.bridge();
        let gateway = self.gateway();
        format!(
            r#"table inet {bridge} {{}}
delete table inet {bridge}
table inet {bridge} {{
    chain forward {{
        type filter hook forward priority -10; policy accept;
        iifname "{bridge}" oifname "{bridge}" accept
        iifname "{bridge}" reject
        oifname "{bridge}" drop
    }}
    chain input {{
        type filter hook input priority -10; policy accept;
        iifname != "{bridge}" accept
        ct state established,related accept
        ip daddr {gateway} tcp dport {PACKAGE_CACHE_PORT} accept
        icmp type echo-request accept
        reject
    }}
}}
"#
        )
    }

    /// Lets the lab's own traffic through where the machine has a firewall that would drop it.
    ///
    /// Docker sets the FORWARD policy to DROP and has the kernel show bridged packets to iptables; ufw sets the INPUT
    /// policy to DROP. An accept in our own table does not outweigh either. Both come with iptables.
    fn pass_the_machines_own_firewall(self) -> Result<(), LabError> {
        if !command::is_installed("iptables") {
            return Ok(());
        }
        for rule in self.rules_before_the_machines_own() {
            if !iptables("-C", &rule) && !iptables("-I", &rule) {
                return Err(LabError::Command {
                    doing: "letting lab hosts reach each other and the package cache".to_owned(),
                    detail: format!("`iptables -I {rule}` was refused; try it by hand"),
                });
            }
        }
        Ok(())
    }

    fn rules_before_the_machines_own(self) -> [String; 2] {
        let bridge = self.bridge();
        [
            format!("FORWARD -i {bridge} -o {bridge} -j ACCEPT"),
            format!("INPUT -i {bridge} -p tcp --dport {PACKAGE_CACHE_PORT} -j ACCEPT"),
        ]
    }
}

fn iptables(verb: &str, rule: &str) -> bool {
    command::is_installed("iptables")
        && command::holds(Command::new("iptables").args(["-w", verb]).args(rule.split(' ')))
}

impl Route {
    fn overlaps(self, network: Network) -> bool {
        let wider = self.mask & u32::from(Ipv4Addr::new(255, 255, 255, 0));
        self.mask != 0 && self.destination & wider == u32::from(network.address(0)) & wider
    }
}

/// Reads the machine's IPv4 routes.
pub(crate) fn routes_of_the_machine() -> Vec<Route> {
    parse_routes(&fs::read_to_string("/proc/net/route").unwrap_or_default())
}

fn parse_routes(table: &str) -> Vec<Route> {
    let hexadecimal = |field: Option<&str>| {
        // The kernel prints the network-order value as a number of its own byte order.
        field.and_then(|text| u32::from_str_radix(text, 16).ok()).map(|value| u32::from_be_bytes(value.to_ne_bytes()))
    };
    table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut fields = line.split_whitespace();
            Some(Route { destination: hexadecimal(fields.nth(1))?, mask: hexadecimal(fields.nth(5))? })
        })
        .collect()
}

/// A booting host is otherwise seen only at the next whole-second retry of ARP, and the bridge needs no IPv6.
fn tune(bridge: &str) {
    let settings = [
        (format!("ipv4/neigh/{bridge}/retrans_time_ms"), "50"),
        (format!("ipv4/neigh/{bridge}/mcast_solicit"), "20"),
        (format!("ipv6/conf/{bridge}/disable_ipv6"), "1"),
    ];
    for (setting, value) in settings {
        // Slower without, not wrong; and a kernel without IPv6 has no such file.
        let _ = fs::write(Path::new("/proc/sys/net").join(setting), value);
    }
}

fn ip(arguments: &[&str]) -> Result<(), LabError> {
    command::run(&format!("ip {}", arguments.join(" ")), Command::new("ip").args(arguments))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(destination: [u8; 4], prefix: u32) -> Route {
        Route {
            destination: u32::from(Ipv4Addr::from(destination)),
            mask: u32::MAX.checked_shl(32 - prefix).unwrap_or(0),
        }
    }

    #[test]
    fn the_first_lab_gets_network_zero() {
        let network = Network::first_free(&BTreeSet::new(), &[]).unwrap();
        assert_eq!(network.gateway(), Ipv4Addr::new(10, 77, 0, 1));
        assert_eq!(network.proxy(), "http://10.77.0.1:3142");
    }

    #[test]
    fn a_network_of_another_lab_or_of_the_machine_is_passed_over() {
        let routes = [route([0, 0, 0, 0], 0), route([10, 77, 1, 128], 25), route([10, 77, 2, 0], 23)];
        let network = Network::first_free(&BTreeSet::from([0]), &routes).unwrap();
        assert_eq!(network.number(), 4);
    }

    #[test]
    fn a_machine_that_routes_all_of_ten_has_no_room() {
        assert_eq!(Network::first_free(&BTreeSet::new(), &[route([10, 0, 0, 0], 8)]), None);
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn the_kernels_table_is_read_with_its_byte_order() {
        let table = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n\
                     eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\n\
                     piton-lab0\t00004D0A\t00000000\t0001\t0\t0\t0\t00FFFFFF\n";
        assert_eq!(parse_routes(table), [route([0, 0, 0, 0], 0), route([10, 77, 0, 0], 24)]);
    }

    #[test]
    fn every_bridge_name_fits_the_kernel() {
        assert!(Network::numbered(u8::MAX).bridge().len() <= 15);
    }
}
