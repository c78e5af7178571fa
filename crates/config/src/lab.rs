//! A site aimed at the lab: the same settings, with the lab's addresses in place of the real ones.

use crate::{FirstLogin, Host, Origin, Site, Valued};
use serde::Serialize;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Where the lab's stand-ins are, and the key that opens them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabOverlay {
    /// Host name to address.
    pub addresses: BTreeMap<String, IpAddr>,
    /// The lab's public key, one line.
    pub key: String,
    pub lacking: Lacking,
}

/// What lab hosts do not have and servers do, so that Docker would refuse a container that asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Lacking {
    /// A container cannot be held to a share of the processors.
    pub cpu_limits: bool,
    /// No program may open more files than this.
    pub open_files: Option<u64>,
    /// As compose names them: `SYSLOG`.
    pub capabilities: Vec<String>,
    /// Paths of devices.
    pub devices: Vec<String>,
}

/// Gives the site as it is rehearsed; a host without a stand-in is left out, so that a rehearsal
/// can never reach a real machine.
pub fn for_lab(site: &Site, lab: &LabOverlay) -> Site {
    let hosts = site.hosts.iter().filter_map(|host| Some(stand_in(host, *lab.addresses.get(&host.name)?, &lab.key)));
    Site { hosts: hosts.collect(), lacking: lab.lacking.clone(), ..site.clone() }
}

fn stand_in(host: &Host, address: IpAddr, key: &str) -> Host {
    let mut host = host.clone();
    host.address = from_lab(address.to_string());
    // What is written is a way to rehearse as well: a server whose admin or port the site changes.
    if !matches!(host.first.origin, Origin::Written(_)) {
        host.first = from_lab(FirstLogin { user: "root".to_owned(), port: 22 });
    }
    host.mesh_endpoint = host.mesh_address.is_some().then(|| from_lab(address.to_string()));
    if let Some(access) = &mut host.settings.access
        && !access.keys.iter().any(|known| known.value == key)
    {
        access.keys.push(from_lab(key.to_owned()));
    }
    host
}

fn from_lab<T>(value: T) -> Valued<T> {
    Valued { value, origin: Origin::Lab }
}
