//! The set of installed packages: what piton brought is purged, what went is fetched again.
//!
//! Only names count. A package that was upgraded meanwhile stays upgraded: archives keep one
//! version, and an older one often cannot be had. And a package that somebody else installed
//! meanwhile stays too, so piton writes down, before each of its transactions, what that brings.

use crate::own;
use crate::system::packages::{Packages, rehearse};
use crate::system::{Call, Fault, FaultCode, System};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The names of all packages that piton's own transactions brought, one a line.
const BROUGHT: &str = "/var/lib/piton/packages";

pub(super) fn read(system: &System) -> Result<BTreeMap<String, String>, Fault> {
    Ok(Packages::read(system)?.0)
}

/// Writes down what a transaction of piton's is about to bring. Without this it is never purged.
pub(crate) fn announce(system: &System, names: impl IntoIterator<Item = String>) -> Result<(), Fault> {
    let mut all = brought(system)?;
    all.extend(names);
    write(system, &all)
}

fn brought(system: &System) -> Result<BTreeSet<String>, Fault> {
    Ok(system.read_text(BROUGHT)?.unwrap_or_default().lines().map(str::to_owned).collect())
}

fn write(system: &System, names: &BTreeSet<String>) -> Result<(), Fault> {
    own::make_folder(system, own::FOLDER)?;
    let text: String = names.iter().map(|name| format!("{name}\n")).collect();
    own::write(system, BROUGHT, text.as_bytes())
}

pub(super) fn restore(system: &System, before: &BTreeMap<String, String>) -> Result<(), Fault> {
    let came = surplus(system, before)?;
    if !came.is_empty() {
        let free = nobody_needs(system, &came)?;
        if !free.is_empty() {
            // Without this, apt would also take away what it thinks nobody needs any more.
            apt(system, &["purge", "--option=APT::Get::AutomaticRemove=false"], &free)?;
        }
        let rest: BTreeSet<String> = brought(system)?.into_iter().filter(|name| !came.contains(name)).collect();
        write(system, &rest)?;
    }
    let went = missing(system, before)?;
    match went.is_empty() {
        true => Ok(()),
        false => apt(system, &["install", "--no-install-recommends"], &went),
    }
}

/// Of what came, what can go without taking along something that somebody else installed since.
fn nobody_needs(system: &System, came: &[String]) -> Result<Vec<String>, Fault> {
    let goes_along = |names: &[&str]| {
        let argv: Vec<&str> = ["purge", "--"].iter().chain(names).copied().collect();
        rehearse(system, "Purg", &argv).map(|gone| gone.iter().all(|name| came.contains(name)))
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

/// Whether all that was there is there, and nothing that piton brought since.
pub(super) fn verify(system: &System, before: &BTreeMap<String, String>) -> Result<(), Fault> {
    let wrong = [surplus(system, before)?, missing(system, before)?].concat();
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(Fault::new(FaultCode::NotRestored, "the set of installed packages is not as it was")
            .because(wrong.join(", "))),
    }
}

fn surplus(system: &System, before: &BTreeMap<String, String>) -> Result<Vec<String>, Fault> {
    let brought = brought(system)?;
    let came = read(system)?.into_keys().filter(|name| !before.contains_key(name));
    Ok(came.filter(|name| brought.contains(name)).collect())
}

fn missing(system: &System, before: &BTreeMap<String, String>) -> Result<Vec<String>, Fault> {
    let now = read(system)?;
    Ok(before.keys().filter(|name| !now.contains_key(*name)).cloned().collect())
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
    use crate::saved::{Footprint, Subject, restore, save};
    use std::fs::{create_dir_all, read_to_string, write};

    fn install(root: &tempfile::TempDir, names: &[&str]) {
        let folder = root.path().join("var/lib/dpkg");
        create_dir_all(&folder).unwrap();
        let stanza = |name: &&str| format!("Package: {name}\nStatus: install ok installed\nVersion: 1\n\n");
        write(folder.join("status"), names.iter().map(stanza).collect::<String>()).unwrap();
    }

    fn written(place: &std::path::Path, script: &str) -> std::path::PathBuf {
        let source = place.with_extension("source");
        write(&source, script).unwrap();
        source
    }

    /// An apt-get that says what it was asked to do, and does the only purge of the test.
    fn fake_apt(root: &tempfile::TempDir) {
        let place = root.path().join("usr/bin/apt-get");
        create_dir_all(place.parent().unwrap()).unwrap();
        let root = root.path().display();
        let doing = format!("echo \"$@\" >> {root}/asked; /bin/cp {root}/after {root}/var/lib/dpkg/status");
        let script = format!("#!/bin/sh\ncase $1 in --simulate) echo Purg ours [1];; *) {doing};; esac\n");
        // Written by another process: a test next door that forks while this one has the script
        // open for writing would keep it from being run.
        let source = written(&place, &script);
        let status = std::process::Command::new("install").args(["-m", "755"]).args([&source, &place]).status();
        assert!(status.unwrap().success());
    }

    #[test]
    fn only_what_piton_brought_is_purged() {
        let root = tempfile::tempdir().unwrap();
        let system = System::at(root.path());
        install(&root, &["base", "theirs"]);
        std::fs::rename(root.path().join("var/lib/dpkg/status"), root.path().join("after")).unwrap();
        fake_apt(&root);
        install(&root, &["base"]);
        let before = save(&system, &Footprint::of([Subject::Packages])).unwrap();
        announce(&system, ["ours".to_owned()]).unwrap();
        install(&root, &["base", "ours", "theirs"]);
        restore(&system, &before, &[]).unwrap();
        let asked = read_to_string(root.path().join("asked")).unwrap();
        assert!(asked.contains(" purge ") && asked.trim().ends_with("-- ours"), "{asked}");
        assert_eq!(brought(&system).unwrap(), BTreeSet::new());
    }
}
