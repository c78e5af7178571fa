//! What decides whether a host can be reached after its next boot, and not before: units that ssh and
//! the network hang on, the files that say what they are, and the files that they read when they start.
//!
//! To get in after such a change proves nothing, unless what reads the file has read it.

/// What carries the network; which one does is the host's own choice.
const NETWORK: [&str; 4] =
    ["systemd-networkd.service", "networking.service", "NetworkManager.service", "systemd-networkd.socket"];

const SSH: [&str; 3] = ["ssh.service", "sshd.service", "ssh.socket"];

/// What a boot leads to.
const TARGETS: [&str; 5] =
    ["default.target", "multi-user.target", "sysinit.target", "basic.target", "network-online.target"];

/// Where systemd looks for units, and what is said there is kept.
const FOLDERS: [&str; 3] = ["/etc/systemd/system/", "/usr/lib/systemd/system/", "/lib/systemd/system/"];

/// Whether a host is reached after a boot only if this unit starts in it.
pub fn needs(unit: &str) -> bool {
    let whole = if unit.contains('.') { unit.to_owned() } else { format!("{unit}.service") };
    [&NETWORK[..], &SSH[..], &TARGETS[..]].concat().contains(&whole.as_str())
}

/// The needed unit that a path says something about: its own file, a mask, or a drop-in.
pub fn unit_at(path: &str) -> Option<&str> {
    let below = FOLDERS.iter().find_map(|folder| path.strip_prefix(folder))?;
    let first = below.split('/').next()?;
    let unit = first.strip_suffix(".d").unwrap_or(first);
    needs(unit).then_some(unit)
}

/// Files that are read when a unit starts, and the unit.
const READ_BY: [(&str, &str); 10] = [
    ("/etc/systemd/network/", "systemd-networkd.service"),
    ("/etc/systemd/networkd.conf", "systemd-networkd.service"),
    ("/etc/network/", "networking.service"),
    ("/etc/NetworkManager/", "NetworkManager.service"),
    ("/etc/ssh/sshd_config", "ssh.service"),
    ("/etc/default/ssh", "ssh.service"),
    ("/etc/ufw/", "ufw.service"),
    ("/etc/default/ufw", "ufw.service"),
    ("/etc/nftables", "nftables.service"),
    ("/etc/iptables/", "netfilter-persistent.service"),
];

/// Files that are read in a boot only; what they do cannot be tried.
const READ_AT_BOOT: [&str; 4] = ["/etc/fstab", "/etc/crypttab", "/etc/netplan/", "/boot/"];

/// When what a file says begins to count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counts {
    AtOnce,
    /// Once this unit has read it.
    WithUnit(String),
    AtBoot,
}

/// When a file begins to count, for whoever wants to get in after a boot.
pub fn counts(path: &str) -> Counts {
    if let Some(unit) = unit_at(path) {
        return if TARGETS.contains(&unit) { Counts::AtBoot } else { Counts::WithUnit(unit.to_owned()) };
    }
    if READ_AT_BOOT.iter().any(|start| path.starts_with(start)) {
        return Counts::AtBoot;
    }
    if let Some(interface) = path.strip_prefix("/etc/wireguard/").and_then(|name| name.strip_suffix(".conf")) {
        return Counts::WithUnit(format!("wg-quick@{interface}.service"));
    }
    let read = READ_BY.iter().find(|(start, _)| path.starts_with(start));
    read.map_or(Counts::AtOnce, |(_, unit)| Counts::WithUnit((*unit).to_owned()))
}

/// Units that load a filter when they start.
pub fn loads_filter(unit: &str) -> bool {
    let name = unit.trim_end_matches(".service");
    ["nftables", "netfilter-persistent", "ufw", "firewalld", "shorewall", "ferm"].contains(&name)
}

/// Packages that bring a filter or a network of their own, and turn it on while they are installed.
pub fn changes_network(package: &str) -> bool {
    const PACKAGES: [&str; 12] = [
        "firewalld",
        "nftables",
        "iptables-persistent",
        "netfilter-persistent",
        "shorewall",
        "ferm",
        "incus",
        "lxd",
        "libvirt-daemon-system",
        "network-manager",
        "ifupdown",
        "netplan.io",
    ];
    PACKAGES.contains(&package)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_units_own_file_its_mask_and_its_drop_ins_are_told_from_the_others() {
        assert_eq!(unit_at("/etc/systemd/system/ssh.service"), Some("ssh.service"));
        assert_eq!(unit_at("/etc/systemd/system/ssh.service.d/x.conf"), Some("ssh.service"));
        assert_eq!(unit_at("/lib/systemd/system/default.target"), Some("default.target"));
        assert_eq!(unit_at("/etc/systemd/system/docker.service.d/x.conf"), None);
        assert_eq!(unit_at("/etc/systemd/system/ssh-agent.service"), None);
        assert_eq!(unit_at("/srv/ssh.service"), None);
        assert_eq!(counts("/etc/systemd/network/01-x.network"), Counts::WithUnit("systemd-networkd.service".into()));
        assert_eq!(counts("/etc/netplan/50-cloud-init.yaml"), Counts::AtBoot);
        assert_eq!(counts("/etc/wireguard/wg1.conf"), Counts::WithUnit("wg-quick@wg1.service".into()));
        assert_eq!(counts("/etc/pam.d/sshd"), Counts::AtOnce);
        assert!(loads_filter("nftables.service") && !loads_filter("docker"));
        assert!(needs("ssh") && needs("systemd-networkd.service") && !needs("docker.service"));
    }
}
