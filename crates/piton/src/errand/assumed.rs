//! What hosts would be if nobody asked them: each is assumed to be what its stand-in in the lab is.
//!
//! What only a host knows, its mesh key, is a key that no host has.

use piton_catalog::{CatalogProblem, Known, blueprint};
use piton_config::{Host, Site};
use piton_plan::kind::wireguard::PublicKey;
use piton_plan::{Facts, Os, Wanted};
use std::collections::BTreeMap;

/// What each of the hosts would be, or all that is wrong with them.
pub(crate) fn assumed(site: &Site, selected: &[&Host]) -> Result<Vec<Wanted>, Vec<CatalogProblem>> {
    let facts: Vec<(String, Facts)> = site.hosts.iter().map(|host| (host.name.clone(), facts(host))).collect();
    let answered = |(number, (name, facts))| (String::clone(name), Known { facts, mesh_key: Some(stand_in(number)) });
    let known: BTreeMap<String, Known> =
        facts.iter().map(|(name, facts)| (name, facts)).enumerate().map(answered).collect();
    let mut wanted = Vec::new();
    let mut problems = Vec::new();
    for host in selected {
        match blueprint(site, host, &known) {
            Ok(rendered) => wanted.push(rendered),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(wanted) } else { Err(problems) }
}

/// A key that no host has, for the host of this number in the site.
pub(crate) fn stand_in(number: usize) -> PublicKey {
    let mut bytes = [0; 32];
    bytes[..size_of::<usize>()].copy_from_slice(&number.to_be_bytes());
    bytes.into()
}

/// The facts of a fresh server that runs what the host's `lab` says.
fn facts(host: &Host) -> Facts {
    let os = |id: &str, version: &str, codename: &str| Os {
        id: id.into(),
        version: version.into(),
        codename: codename.into(),
    };
    let (os, ssh_socket) = match host.lab_image.as_str() {
        "debian-13" => (os("debian", "13", "trixie"), false),
        "ubuntu-22.04" => (os("ubuntu", "22.04", "jammy"), false),
        "ubuntu-24.04" => (os("ubuntu", "24.04", "noble"), true),
        _ => (os("debian", "12", "bookworm"), false),
    };
    Facts { os, ssh_socket, ..Facts::assumed(&host.name) }
}
