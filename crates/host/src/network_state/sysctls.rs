//! The kernel's parameters on which addresses, routes and filters depend.
//!
//! Setting one may set others: `forwarding` of all links sets it for each of them and changes what
//! is done with redirects. So they are put back from the general to the particular, and twice.

use crate::system::{Fault, System};
use std::collections::BTreeMap;

/// Not of a link.
const GENERAL: [&str; 22] = [
    "net/ipv4/ip_forward",
    "net/ipv4/ip_nonlocal_bind",
    "net/ipv4/ip_local_port_range",
    "net/ipv4/ip_unprivileged_port_start",
    "net/ipv4/icmp_echo_ignore_all",
    "net/ipv4/tcp_syncookies",
    "net/ipv4/tcp_mtu_probing",
    "net/ipv4/tcp_l3mdev_accept",
    "net/ipv4/udp_l3mdev_accept",
    "net/ipv4/fwmark_reflect",
    "net/ipv4/tcp_fwmark_accept",
    "net/ipv4/fib_multipath_hash_policy",
    "net/ipv4/fib_multipath_use_neigh",
    "net/ipv6/bindv6only",
    "net/ipv6/ip_nonlocal_bind",
    "net/ipv6/fwmark_reflect",
    "net/bridge/bridge-nf-call-iptables",
    "net/bridge/bridge-nf-call-ip6tables",
    "net/bridge/bridge-nf-call-arptables",
    "net/netfilter/nf_conntrack_max",
    "net/netfilter/nf_conntrack_tcp_loose",
    "net/netfilter/nf_conntrack_tcp_be_liberal",
];

/// Of each link, of all links, and of those to come.
const OF_LINKS_V4: [&str; 17] = [
    "forwarding",
    "rp_filter",
    "accept_local",
    "accept_redirects",
    "accept_source_route",
    "arp_accept",
    "arp_announce",
    "arp_filter",
    "arp_ignore",
    "disable_policy",
    "disable_xfrm",
    "log_martians",
    "promote_secondaries",
    "proxy_arp",
    "route_localnet",
    "send_redirects",
    "src_valid_mark",
];
const OF_LINKS_V6: [&str; 13] = [
    "disable_ipv6",
    "forwarding",
    "accept_ra",
    "accept_ra_defrtr",
    "accept_ra_pinfo",
    "accept_redirects",
    "accept_source_route",
    "accept_dad",
    "addr_gen_mode",
    "autoconf",
    "keep_addr_on_down",
    "proxy_ndp",
    "use_tempaddr",
];

/// The parameters with their values; those that this kernel does not have are left out.
pub(super) fn read<'a>(system: &System, links: impl Iterator<Item = &'a str>) -> BTreeMap<String, String> {
    let mut names: Vec<String> = GENERAL.iter().map(|name| (*name).to_owned()).collect();
    for link in links.chain(["all", "default"]) {
        names.extend(OF_LINKS_V4.iter().map(|name| format!("net/ipv4/conf/{link}/{name}")));
        names.extend(OF_LINKS_V6.iter().map(|name| format!("net/ipv6/conf/{link}/{name}")));
    }
    let value = |name: &String| {
        let text = std::fs::read_to_string(system.path(&format!("/proc/sys/{name}"))).ok()?;
        Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    names.into_iter().filter_map(|name| value(&name).map(|value| (name, value))).collect()
}

/// Sets what differs, the general first.
pub(super) fn restore(
    system: &System,
    before: &BTreeMap<String, String>,
    now: &BTreeMap<String, String>,
) -> Vec<Fault> {
    let mut differing: Vec<(&String, &String)> =
        before.iter().filter(|(name, value)| now.get(*name).is_some_and(|now| now != *value)).collect();
    differing.sort_by_key(|(name, _)| generality(name));
    // A name whose first separator is a slash is taken as a path.
    let set = |(name, value): (&String, &String)| system.set_sysctl(name, value).err();
    differing.into_iter().filter_map(set).collect()
}

fn generality(name: &str) -> u8 {
    match name {
        _ if !name.contains("/conf/") => 0,
        _ if name.contains("/conf/all/") => 1,
        _ if name.contains("/conf/default/") => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saved::testing::file;

    #[test]
    fn what_differs_is_set_and_what_the_kernel_lacks_is_left_out() {
        let root = tempfile::tempdir().unwrap();
        let system = System::at(root.path());
        file(&system, "/proc/sys/net/ipv4/ip_forward", "1\n");
        file(&system, "/proc/sys/net/ipv4/conf/eth0.5/rp_filter", "2\n");
        let before = read(&system, ["eth0.5"].into_iter());
        assert_eq!(before.len(), 2);
        file(&system, "/proc/sys/net/ipv4/conf/eth0.5/rp_filter", "0\n");
        let now = read(&system, ["eth0.5"].into_iter());
        assert_eq!(restore(&system, &before, &now), []);
        assert_eq!(read(&system, ["eth0.5"].into_iter())["net/ipv4/conf/eth0.5/rp_filter"], "2");
    }

    #[test]
    fn what_sets_others_is_set_before_them() {
        let mut names =
            ["net/ipv4/conf/eth0/forwarding", "net/ipv4/conf/all/forwarding", "net/ipv4/ip_forward"].to_vec();
        names.sort_by_key(|name| generality(name));
        assert_eq!(names.first(), Some(&"net/ipv4/ip_forward"));
        assert_eq!(names.last(), Some(&"net/ipv4/conf/eth0/forwarding"));
    }
}
