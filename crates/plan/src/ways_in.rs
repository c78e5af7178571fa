//! What decides over the ways into a host: files, units and packages. One line in one of three lists
//! makes one known to everything that has to know: a plan does it last and under the guard, the proof
//! says what it cannot foretell and refuses what counts only from the next boot on, a guarded command
//! has the units among what is put back, and a confirmation tries a login shell.

/// A file, or all below a folder, that decides over ways in.
struct Place {
    /// What its path begins with. The first line that fits counts.
    start: &'static str,
    foretold: Foretold,
    counts: When,
    /// Read by somebody's shell when it starts, so that a command over ssh may go through all the same.
    by_shell: bool,
}

/// Whether somebody can say beforehand what the file does to the ways in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Foretold {
    No,
    /// It has no meaning of its own, such as a program: only what it becomes can be tried.
    Moot,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    AtOnce,
    With(&'static str),
    AtBoot,
}

const fn place(start: &'static str) -> Place {
    Place { start, foretold: Foretold::No, counts: When::AtOnce, by_shell: false }
}

impl Place {
    const fn moot(self) -> Place {
        Place { foretold: Foretold::Moot, ..self }
    }

    const fn read_by(self, unit: &'static str) -> Place {
        Place { counts: When::With(unit), ..self }
    }

    /// In a boot only; what it does cannot be tried.
    const fn read_at_boot(self) -> Place {
        Place { counts: When::AtBoot, ..self }
    }

    const fn read_by_shells(self) -> Place {
        Place { by_shell: true, ..self }
    }
}

/// Piton has a kind for many of these, but a person may still write one as a plain file.
const PLACES: [Place; 42] = [
    // ssh
    place("/etc/ssh/sshd_config").read_by("ssh.service"),
    place("/etc/ssh/"),
    place("/etc/default/ssh").read_by("ssh.service"),
    place("/etc/hosts.allow"),
    place("/etc/hosts.deny"),
    // the network
    place("/etc/systemd/network/").read_by("systemd-networkd.service"),
    place("/etc/systemd/networkd.conf").read_by("systemd-networkd.service"),
    place("/etc/network/").read_by("networking.service"),
    place("/etc/NetworkManager/").read_by("NetworkManager.service"),
    place("/etc/netplan/").read_at_boot(),
    place("/etc/wireguard/"),
    place("/etc/systemd/resolved").moot(),
    place("/etc/resolv.conf").moot(),
    // its filter
    place("/etc/ufw/").read_by("ufw.service"),
    place("/etc/default/ufw").read_by("ufw.service"),
    place("/etc/nftables").read_by("nftables.service"),
    place("/etc/iptables/").read_by("netfilter-persistent.service"),
    // who may log in
    place("/etc/sudoers"),
    place("/etc/pam.d/"),
    place("/etc/security/"),
    place("/etc/nsswitch.conf"),
    place("/etc/nologin"),
    place("/etc/passwd"),
    place("/etc/shadow"),
    place("/etc/group"),
    place("/etc/login.defs").moot(),
    place("/etc/shells").moot().read_by_shells(),
    // what a login runs
    place("/etc/profile").moot().read_by_shells(),
    place("/etc/bash.bashrc").moot().read_by_shells(),
    place("/etc/bashrc").moot().read_by_shells(),
    place("/etc/zsh/").moot().read_by_shells(),
    place("/etc/environment").moot().read_by_shells(),
    // what a boot comes to
    place("/etc/fstab").read_at_boot(),
    place("/etc/crypttab").read_at_boot(),
    place("/boot/").read_at_boot(),
    // programs, and what they are made of
    place("/etc/ld.so").moot().read_by_shells(),
    place("/usr/bin/").moot().read_by_shells(),
    place("/usr/sbin/").moot(),
    place("/usr/lib/").moot(),
    place("/bin/").moot().read_by_shells(),
    place("/sbin/").moot(),
    place("/lib").moot(),
];

/// What a unit is to the ways in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Ssh,
    /// Carries the network; which one does is the host's own choice.
    Network,
    Names,
    /// Loads a filter when it starts.
    Filter,
    /// Closes the way to whoever fails to log in.
    Bans,
    /// What a boot leads to.
    Boot,
}

const UNITS: [(&str, Role); 20] = [
    ("ssh.service", Role::Ssh),
    ("ssh.socket", Role::Ssh),
    ("sshd.service", Role::Ssh),
    ("systemd-networkd.service", Role::Network),
    ("systemd-networkd.socket", Role::Network),
    ("NetworkManager.service", Role::Network),
    ("networking.service", Role::Network),
    ("systemd-resolved.service", Role::Names),
    ("ufw.service", Role::Filter),
    ("nftables.service", Role::Filter),
    ("netfilter-persistent.service", Role::Filter),
    ("firewalld.service", Role::Filter),
    ("shorewall.service", Role::Filter),
    ("ferm.service", Role::Filter),
    ("fail2ban.service", Role::Bans),
    ("default.target", Role::Boot),
    ("multi-user.target", Role::Boot),
    ("sysinit.target", Role::Boot),
    ("basic.target", Role::Boot),
    ("network-online.target", Role::Boot),
];

/// Packages that bring a filter or a network of their own, and turn it on while they are installed.
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

/// Where systemd looks for units, and what is said there is kept.
const FOLDERS: [&str; 3] = ["/etc/systemd/system/", "/usr/lib/systemd/system/", "/lib/systemd/system/"];

/// Where systemd-tmpfiles looks, which makes at every boot what is written there.
const TMPFILES: [&str; 2] = ["/etc/tmpfiles.d/", "/usr/lib/tmpfiles.d/"];

/// When what a file says begins to count, for whoever wants to get in after a boot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counts {
    AtOnce,
    /// Once this unit has read it.
    WithUnit(String),
    AtBoot,
}

fn place_of(path: &str) -> Option<&'static Place> {
    PLACES.iter().find(|place| path.starts_with(place.start))
}

fn whole(unit: &str) -> String {
    if unit.contains('.') { unit.to_owned() } else { format!("{unit}.service") }
}

/// What a unit is to the ways in, if it is anything.
pub fn role(unit: &str) -> Option<Role> {
    let whole = whole(unit);
    UNITS.iter().find(|(name, _)| *name == whole).map(|(_, role)| *role)
}

/// All units whose running decides over ways in, by the names that they have themselves: a command may
/// stop any of them, and with most of them the network looks for a while as it was.
pub fn running_units() -> impl Iterator<Item = &'static str> {
    let is_one = |(name, role): &&(&str, Role)| *role != Role::Boot && *name != "sshd.service";
    UNITS.iter().filter(is_one).map(|(name, _)| *name)
}

/// Units that a filter of another kind may take along when it stops or comes: fail2ban is a part of each.
pub fn beside_a_filter() -> impl Iterator<Item = &'static str> {
    running_units().filter(|unit| role(unit) != Some(Role::Filter))
}

/// Whether a host is reached after a boot only if this unit starts in it.
pub fn needs(unit: &str) -> bool {
    matches!(role(unit), Some(Role::Ssh | Role::Network | Role::Boot))
}

/// Units that load a filter when they start.
pub fn loads_filter(unit: &str) -> bool {
    role(unit) == Some(Role::Filter)
}

/// Packages that change the network by themselves.
pub fn changes_network(package: &str) -> bool {
    PACKAGES.contains(&package)
}

/// The needed unit that a path says something about: its own file, a mask, or a drop-in.
pub fn unit_at(path: &str) -> Option<&str> {
    let below = FOLDERS.iter().find_map(|folder| path.strip_prefix(folder))?;
    let first = below.split('/').next()?;
    let unit = first.strip_suffix(".d").unwrap_or(first);
    needs(unit).then_some(unit)
}

/// Whether what stands at a path decides over ways in, so that it is done last and guarded.
pub fn decides(path: &str) -> bool {
    place_of(path).is_some() || unit_at(path).is_some() || in_home(path)
}

/// Whether nobody foretells what a file does to the ways in.
pub fn is_a_guess(path: &str) -> bool {
    place_of(path).is_some_and(|place| place.foretold == Foretold::No)
}

/// Whether a login may fail by it though a command over ssh goes through.
pub fn is_read_by_shells(path: &str) -> bool {
    place_of(path).is_some_and(|place| place.by_shell) || in_home(path)
}

/// Whether it is one of the files that shells and sshd read in a home.
fn in_home(path: &str) -> bool {
    const NAMES: [&str; 6] = [".profile", ".bash", ".z", ".login", ".ssh/", ".config/fish/"];
    let home =
        path.strip_prefix("/root/").or_else(|| path.strip_prefix("/home/")?.split_once('/').map(|(_, rest)| rest));
    home.is_some_and(|rest| NAMES.iter().any(|name| rest.starts_with(name)))
}

/// When a file begins to count.
pub fn counts(path: &str) -> Counts {
    if let Some(unit) = unit_at(path) {
        return if role(unit) == Some(Role::Boot) { Counts::AtBoot } else { Counts::WithUnit(unit.to_owned()) };
    }
    if let Some(interface) = path.strip_prefix("/etc/wireguard/").and_then(|name| name.strip_suffix(".conf")) {
        return Counts::WithUnit(format!("wg-quick@{interface}.service"));
    }
    match place_of(path).map(|place| place.counts) {
        Some(When::AtBoot) => Counts::AtBoot,
        Some(When::With(unit)) => Counts::WithUnit(unit.to_owned()),
        Some(When::AtOnce) | None => Counts::AtOnce,
    }
}

/// What a boot would make by a file for systemd-tmpfiles, if that decides over ways in: the first such path.
pub fn made_at_boot<'a>(path: &str, content: &'a str) -> Option<&'a str> {
    if !TMPFILES.iter().any(|folder| path.starts_with(folder)) {
        return None;
    }
    let words = content.lines().filter(|line| !line.trim_start().starts_with('#'));
    let paths = words.filter_map(|line| line.split_whitespace().nth(1));
    paths.map(|path| path.trim_matches('"')).find(|path| decides(path) || decides(&format!("{path}/")))
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
        assert!(loads_filter("nftables.service") && !loads_filter("docker"));
        assert!(needs("ssh") && needs("systemd-networkd.service") && !needs("docker.service") && !needs("ufw"));
        assert!(
            running_units().any(|unit| unit == "nftables.service")
                && running_units().all(|unit| !unit.ends_with("target"))
        );
    }

    #[test]
    fn each_file_counts_when_its_line_says() {
        assert_eq!(counts("/etc/systemd/network/01-x.network"), Counts::WithUnit("systemd-networkd.service".into()));
        assert_eq!(counts("/etc/netplan/50-cloud-init.yaml"), Counts::AtBoot);
        assert_eq!(counts("/etc/wireguard/wg1.conf"), Counts::WithUnit("wg-quick@wg1.service".into()));
        assert_eq!(counts("/etc/pam.d/sshd"), Counts::AtOnce);
        assert_eq!(counts("/etc/ssh/sshd_config.d/x.conf"), Counts::WithUnit("ssh.service".into()));
        assert_eq!(counts("/etc/ssh/moduli"), Counts::AtOnce);
    }

    #[test]
    fn no_line_stands_behind_one_that_takes_its_place() {
        for (at, place) in PLACES.iter().enumerate() {
            let first = PLACES.iter().position(|other| place.start.starts_with(other.start));
            assert_eq!(first, Some(at), "{} is never reached", place.start);
        }
    }

    #[test]
    fn what_decides_is_told_from_what_a_shell_reads_and_from_everything_else() {
        assert!(decides("/etc/hosts.deny") && is_a_guess("/etc/hosts.deny") && !is_read_by_shells("/etc/hosts.deny"));
        assert!(decides("/usr/bin/sudo") && !is_a_guess("/usr/bin/sudo"));
        assert!(is_read_by_shells("/etc/profile.d/x.sh") && is_read_by_shells("/home/ada/.bashrc"));
        assert!(!decides("/srv/app/compose.yaml") && !decides("/home/ada/notes") && !decides("/etc/motd"));
    }

    #[test]
    fn what_a_boot_would_make_is_looked_at_by_its_path() {
        let made = |content| made_at_boot("/etc/tmpfiles.d/x.conf", content);
        assert_eq!(
            made("# f /etc/nologin\nd /run/app 0755 app app -\nf /etc/nologin 0644 root root - x\n"),
            Some("/etc/nologin")
        );
        assert_eq!(made("R /etc/ssh - - - -\n"), Some("/etc/ssh"));
        assert_eq!(made("d /run/app 0755 app app -\nd /srv/data 0750 a a 10d\n"), None);
        assert_eq!(made_at_boot("/srv/x.conf", "f /etc/nologin"), None);
    }
}
