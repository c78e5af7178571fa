//! The set of installed packages: what piton brought goes, what piton took away is fetched again.
//!
//! Only names count. A package that was upgraded meanwhile stays upgraded: archives keep one
//! version, and an older one often cannot be had. And what somebody else installed or removed
//! meanwhile is theirs: see [`record`]. A purge drops databases with the package, so it is for
//! what nobody has used: what came in a change that is still open.

mod record;

use super::Undo;
use crate::system::packages::{Packages, rehearse};
use crate::system::{Call, Fault, FaultCode, System};
use record::Record;
pub(crate) use record::{announce, announce_removal};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The packages as they were.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackagesSaved {
    /// Names and versions.
    pub installed: BTreeMap<String, String>,
    /// Removed before, and not purged: their configuration is somebody's.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub configured: BTreeSet<String>,
    /// Services that ran although their unit files had gone.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub orphans: BTreeSet<String>,
}

pub(super) fn read(system: &System) -> Result<PackagesSaved, Fault> {
    let Packages { installed, configured } = Packages::read(system)?;
    Ok(PackagesSaved { installed, configured, orphans: orphans(system) })
}

pub(super) fn restore(system: &System, before: &PackagesSaved, undo: Undo) -> Result<(), Fault> {
    let came = surplus(system, before)?;
    if !came.is_empty() {
        let free = nobody_needs(system, &came)?;
        announce_removal(system, came.iter().map(String::as_str))?;
        take_away(system, free, before, undo)?;
        // A program that the bus had started runs on without its package.
        for unit in orphans(system).difference(&before.orphans) {
            system.systemctl(&["stop", unit])?;
        }
    }
    let went = missing(system, before)?;
    if !went.is_empty() {
        apt(system, &["install", "--no-install-recommends"], &went)?;
    }
    let mut record = Record::read(system)?;
    // All that was there is there again: an announced removal that did not happen counts no more.
    record.taken.retain(|name| !before.installed.contains_key(name));
    record.write(system)
}

fn orphans(system: &System) -> BTreeSet<String> {
    let call = ["systemctl", "list-units", "--type=service", "--state=active", "--plain", "--no-legend", "--no-pager"];
    let said = system.run(&call).map(|ran| ran.stdout).unwrap_or_default();
    let units = said.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    units
        .filter(|words| words.get(1) == Some(&"not-found"))
        .filter_map(|words| Some((*words.first()?).to_owned()))
        .collect()
}

fn take_away(system: &System, names: Vec<String>, before: &PackagesSaved, undo: Undo) -> Result<(), Fault> {
    let keeps = |name: &String| undo != Undo::Open || before.configured.contains(name);
    let (kept, purged): (Vec<String>, Vec<String>) = names.into_iter().partition(keeps);
    // Without this, apt would also take away what it thinks nobody needs any more.
    let only = "--option=APT::Get::AutomaticRemove=false";
    if !kept.is_empty() {
        apt(system, &["remove", only], &kept)?;
    }
    if !purged.is_empty() {
        apt(system, &["purge", only], &purged)?;
    }
    Ok(())
}

/// Of what came, what can go without taking along something that somebody else installed since.
fn nobody_needs(system: &System, came: &[String]) -> Result<Vec<String>, Fault> {
    let goes_along = |names: &[&str]| {
        let argv: Vec<&str> = ["remove", "--"].iter().chain(names).copied().collect();
        rehearse(system, "Remv", &argv).map(|gone| gone.iter().all(|name| came.contains(name)))
    };
    let all: Vec<&str> = came.iter().map(String::as_str).collect();
    if goes_along(&all)? {
        return Ok(came.to_vec());
    }
    // Rare, and half a second each.
    let mut free = Vec::new();
    for name in came {
        if goes_along(&[name])? {
            free.push(name.clone());
        }
    }
    Ok(free)
}

/// Whether all that piton took is there, and nothing that piton brought since.
pub(super) fn verify(system: &System, before: &PackagesSaved) -> Result<(), Fault> {
    let wrong = [surplus(system, before)?, missing(system, before)?].concat();
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(Fault::new(FaultCode::NotRestored, "the set of installed packages is not as it was")
            .because(wrong.join(", "))),
    }
}

/// What piton brought since, and has not taken away.
fn surplus(system: &System, before: &PackagesSaved) -> Result<Vec<String>, Fault> {
    let record = Record::read(system)?;
    let ours = |name: &String| record.brought.contains(name) && !record.taken.contains(name);
    let came = read(system)?.installed.into_keys().filter(|name| !before.installed.contains_key(name));
    Ok(came.filter(ours).collect())
}

/// What piton took away since. A kernel that somebody's upkeep removed is not to be had any more.
fn missing(system: &System, before: &PackagesSaved) -> Result<Vec<String>, Fault> {
    let (now, record) = (read(system)?.installed, Record::read(system)?);
    let went = before.installed.keys().filter(|name| !now.contains_key(*name));
    Ok(went.filter(|name| record.taken.contains(*name)).cloned().collect())
}

fn apt(system: &System, words: &[&str], names: &[String]) -> Result<(), Fault> {
    let quiet = ["apt-get", "--quiet", "--assume-yes", "--option=DPkg::Lock::Timeout=120"];
    let keep = ["--option=Dpkg::Options::=--force-confdef", "--option=Dpkg::Options::=--force-confold"];
    let names = names.iter().map(String::as_str);
    let argv: Vec<&str> =
        quiet.into_iter().chain(keep).chain(words.iter().copied()).chain(["--"]).chain(names).collect();
    let call = Call::new(&argv)
        .environment("DEBIAN_FRONTEND", "noninteractive")
        .environment("NEEDRESTART_SUSPEND", "1")
        .deadline(Duration::from_secs(1800))
        .lines();
    system.call_ok(&call).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saved::testing::{file, program};
    use crate::saved::{Footprint, Saved, Subject, restore, save};

    const INSTALLED: &str = "install ok installed";

    fn status(system: &System, names: &[(&str, &str)]) {
        let stanza = |(name, status): &(&str, &str)| format!("Package: {name}\nStatus: {status}\nVersion: 1\n\n");
        file(system, "/var/lib/dpkg/status", &names.iter().map(stanza).collect::<String>());
    }

    fn install(system: &System, names: &[&str]) {
        status(system, &names.iter().map(|name| (*name, INSTALLED)).collect::<Vec<_>>());
    }

    /// A host whose apt-get notes what it is asked, says that `ours` could go, and leaves `after`.
    fn host(after: &[&str]) -> (tempfile::TempDir, System) {
        let root = tempfile::tempdir().unwrap();
        let system = System::at(root.path());
        install(&system, after);
        std::fs::rename(system.path("/var/lib/dpkg/status"), system.path("/after")).unwrap();
        let there = format!("cd {}", root.path().display());
        let really = "echo \"$@\" >> asked; cp after var/lib/dpkg/status";
        let script = format!("{there}; case $1 in --simulate) echo Remv ours [1];; *) {really};; esac");
        program(&system, "apt-get", &script);
        (root, system)
    }

    fn packages(system: &System) -> Vec<Saved> {
        save(system, &Footprint::of([Subject::Packages])).unwrap()
    }

    /// What apt-get was asked, each time without its options: `purge ours`.
    fn asked(system: &System) -> Vec<String> {
        let asked = system.read_text("/asked").unwrap().unwrap_or_default();
        let plain = |line: &str| line.split(' ').filter(|word| !word.starts_with('-')).collect::<Vec<_>>().join(" ");
        asked.lines().map(plain).collect()
    }

    #[test]
    fn only_what_piton_brought_is_purged() {
        let (_root, system) = host(&["base", "theirs"]);
        install(&system, &["base"]);
        let before = packages(&system);
        announce(&system, ["ours".to_owned()]).unwrap();
        install(&system, &["base", "ours", "theirs"]);
        restore(&system, &before, &[], Undo::Open).unwrap();
        assert_eq!(asked(&system), ["purge ours"]);
    }

    #[test]
    fn what_was_in_use_keeps_its_data_when_it_goes() {
        let (_root, system) = host(&["base"]);
        install(&system, &["base"]);
        let before = packages(&system);
        announce(&system, ["ours".to_owned()]).unwrap();
        install(&system, &["base", "ours"]);
        restore(&system, &before, &[], Undo::Later).unwrap();
        assert_eq!(asked(&system), ["remove ours"]);
    }

    #[test]
    fn configuration_that_was_there_before_the_package_stays() {
        let (_root, system) = host(&["base"]);
        status(&system, &[("base", INSTALLED), ("ours", "deinstall ok config-files")]);
        let before = packages(&system);
        announce(&system, ["ours".to_owned()]).unwrap();
        install(&system, &["base", "ours"]);
        restore(&system, &before, &[], Undo::Open).unwrap();
        assert_eq!(asked(&system), ["remove ours"]);
    }

    #[test]
    fn only_what_piton_took_away_is_fetched_again() {
        let (_root, system) = host(&["base", "ours"]);
        install(&system, &["base", "ours", "old-kernel"]);
        let before = packages(&system);
        announce_removal(&system, ["ours"]).unwrap();
        install(&system, &["base"]);
        restore(&system, &before, &[], Undo::Later).unwrap();
        assert_eq!(asked(&system), ["install ours"]);
    }

    #[test]
    fn undoing_an_undo_brings_back_what_that_took_away() {
        let (_root, system) = host(&["base"]);
        install(&system, &["base"]);
        let before = packages(&system);
        announce(&system, ["ours".to_owned()]).unwrap();
        install(&system, &["base", "ours"]);
        let between = packages(&system);
        restore(&system, &before, &[], Undo::Later).unwrap();
        install(&system, &["base", "ours"]);
        std::fs::rename(system.path("/var/lib/dpkg/status"), system.path("/after")).unwrap();
        install(&system, &["base"]);
        restore(&system, &between, &[], Undo::Open).unwrap();
        install(&system, &["base"]);
        std::fs::rename(system.path("/var/lib/dpkg/status"), system.path("/after")).unwrap();
        install(&system, &["base", "ours"]);
        restore(&system, &before, &[], Undo::Later).unwrap();
        assert_eq!(asked(&system), ["remove ours", "install ours", "remove ours"], "it is piton's again");
    }
}
