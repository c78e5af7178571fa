//! The set of installed packages: what came is purged, what went is fetched again.
//!
//! Only names count. A package that was upgraded meanwhile stays upgraded: archives keep one
//! version, and an older one often cannot be had.

use crate::system::packages::Packages;
use crate::system::{Call, Fault, System};
use std::collections::BTreeMap;
use std::time::Duration;

pub(super) fn read(system: &System) -> Result<BTreeMap<String, String>, Fault> {
    Ok(Packages::read(system)?.0)
}

pub(super) fn restore(system: &System, before: &BTreeMap<String, String>) -> Result<(), Fault> {
    let now = read(system)?;
    let came: Vec<&str> = now.keys().filter(|name| !before.contains_key(*name)).map(String::as_str).collect();
    let went: Vec<&str> = before.keys().filter(|name| !now.contains_key(*name)).map(String::as_str).collect();
    if !came.is_empty() {
        // Without this, apt would also take away what it thinks nobody needs any more.
        apt(system, &["purge", "--option=APT::Get::AutomaticRemove=false"], &came)?;
    }
    match went.is_empty() {
        true => Ok(()),
        false => apt(system, &["install", "--no-install-recommends"], &went),
    }
}

fn apt(system: &System, words: &[&str], names: &[&str]) -> Result<(), Fault> {
    let quiet = ["apt-get", "--quiet", "--assume-yes", "--option=DPkg::Lock::Timeout=120"];
    let keep = ["--option=Dpkg::Options::=--force-confdef", "--option=Dpkg::Options::=--force-confold"];
    let argv: Vec<&str> = quiet.iter().chain(&keep).chain(words).chain(&["--"]).chain(names).copied().collect();
    let call = Call::new(&argv)
        .environment("DEBIAN_FRONTEND", "noninteractive")
        .environment("NEEDRESTART_SUSPEND", "1")
        .deadline(Duration::from_secs(1800))
        .lines();
    system.call_ok(&call).map(drop)
}
