//! Which packages are installed, from dpkg's own status file: a tenth of the time of `dpkg-query`.

use super::{Fault, System};
use std::collections::{BTreeMap, BTreeSet};

/// The packages of which there is something. One of a foreign architecture is named `name:arch`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packages {
    /// What is installed, with its version.
    pub installed: BTreeMap<String, String>,
    /// What was removed and has left its configuration.
    pub configured: BTreeSet<String>,
}

impl Packages {
    pub fn read(system: &System) -> Result<Packages, Fault> {
        let status = system.read_text("/var/lib/dpkg/status")?.unwrap_or_default();
        let native = system.read_text("/var/lib/dpkg/arch")?.unwrap_or_default();
        Ok(Packages::parse(&status, native.lines().next()))
    }

    /// The installed version of a package of this machine's architecture.
    pub fn version(&self, name: &str) -> Option<&str> {
        self.installed.get(name).map(String::as_str)
    }

    /// Reads the status file. `native` is the machine's own architecture; where dpkg does not
    /// say (it only writes its list once there is a foreign one), every package counts as native.
    pub fn parse(status: &str, native: Option<&str>) -> Packages {
        let mut packages = Packages::default();
        for stanza in status.split("\n\n") {
            packages.take(&Stanza::read(stanza), native);
        }
        packages
    }

    fn take(&mut self, stanza: &Stanza<'_>, native: Option<&str>) {
        let (Some(name), Some(version), Some(status)) = (stanza.package, stanza.version, stanza.status) else { return };
        let is_foreign = |arch: &&str| native.is_some_and(|own| *arch != own && *arch != "all");
        let foreign = stanza.architecture.filter(is_foreign);
        let key = foreign.map_or_else(|| name.to_owned(), |arch| format!("{name}:{arch}"));
        // `hold ok installed` is installed as well; `deinstall ok config-files` is not.
        match status.split_whitespace().last() {
            Some("installed") if status.ends_with(" ok installed") => {
                self.installed.insert(key, version.to_owned());
            }
            Some("config-files") => drop(self.configured.insert(key)),
            _ => {}
        }
    }
}

/// What matters of one package. The file is the largest that a look reads, so each line is looked
/// at once.
#[derive(Default)]
struct Stanza<'a> {
    package: Option<&'a str>,
    version: Option<&'a str>,
    status: Option<&'a str>,
    architecture: Option<&'a str>,
}

impl<'a> Stanza<'a> {
    fn read(text: &'a str) -> Stanza<'a> {
        let mut stanza = Stanza::default();
        for line in text.lines() {
            let (field, name) = match line.as_bytes().first() {
                Some(b'P') => (&mut stanza.package, "Package: "),
                Some(b'V') => (&mut stanza.version, "Version: "),
                Some(b'S') => (&mut stanza.status, "Status: "),
                Some(b'A') => (&mut stanza.architecture, "Architecture: "),
                _ => continue,
            };
            *field = field.or(line.strip_prefix(name));
        }
        stanza
    }
}

/// The packages that apt would bring (`Inst`), take away (`Remv`) or purge (`Purg`).
pub(crate) fn rehearse(system: &System, what: &str, words: &[&str]) -> Result<Vec<String>, Fault> {
    let argv: Vec<&str> = ["apt-get", "--simulate", "--quiet"].iter().chain(words).copied().collect();
    Ok(rehearsed(&system.run_ok(&argv)?, what))
}

/// Reads lines like `Remv ufw [0.36.2-1]` and `Inst tree (2.1.0-1 Debian:12/stable [amd64])`.
fn rehearsed(simulated: &str, what: &str) -> Vec<String> {
    let lines = simulated.lines().map(str::split_whitespace);
    lines.filter_map(|mut words| (words.next() == Some(what)).then(|| words.next().map(str::to_owned))?).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_apt_would_do_is_read_from_its_rehearsal() {
        let simulated = "Reading package lists...\nThe following packages will be REMOVED:\n  fail2ban python3-systemd\n\
            Remv fail2ban [1.0.2-2]\nRemv python3-systemd [235-1+b2]\nInst tree (2.1.0-1 Debian:12/stable [amd64])\n";
        assert_eq!(rehearsed(simulated, "Remv"), ["fail2ban", "python3-systemd"]);
        assert_eq!(rehearsed(simulated, "Inst"), ["tree"]);
    }

    const STATUS: &str = "Package: ufw\nStatus: install ok installed\nArchitecture: all\nVersion: 0.36.2-1\nDescription: x\n Package: not-a-field\n\n\
        Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n\
        Package: held\nStatus: hold ok installed\nArchitecture: amd64\nVersion: 2:3\n\n\
        Package: held\nStatus: install ok installed\nArchitecture: i386\nVersion: 2:3\n";

    #[test]
    fn only_what_is_installed_counts() {
        let packages = Packages::parse(STATUS, Some("amd64"));
        assert_eq!(packages.version("ufw"), Some("0.36.2-1"));
        assert_eq!(packages.version("held"), Some("2:3"));
        assert_eq!(packages.version("gone"), None);
        assert_eq!(packages.configured.iter().collect::<Vec<_>>(), ["gone"], "its configuration is still there");
    }

    #[test]
    fn a_foreign_package_has_its_architecture_in_its_name() {
        let packages = Packages::parse(STATUS, Some("amd64"));
        assert_eq!(packages.installed.keys().collect::<Vec<_>>(), ["held", "held:i386", "ufw"]);
    }
}
