//! What a lab remembers on disk, and where.
//!
//! Only what cannot be seen is written down: a lab's network number, a host's image and address. Whether a host runs
//! is asked of the kernel (`cgroup`), never of a file.

use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::cgroup::Cgroup;
use crate::error::{Doing, LabError};
use crate::files;
use crate::image::Image;
use crate::network::Network;

/// Where every lab of the machine has its folder.
pub(crate) const LABS: &str = "/var/lib/piton/lab";

/// Hosts have the last number 11 and up, so that 1 to 10 stay free for the machine's side.
const FIRST_ADDRESS: u8 = 11;
const LAST_ADDRESS: u8 = 250;

/// The file of a lab.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LabRecord {
    pub(crate) network: u8,
}

/// The file of a host.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct HostRecord {
    #[serde(skip)]
    pub(crate) name: String,
    pub(crate) image: String,
    /// Kept by path: a host outlives a change of its image's recipe.
    pub(crate) image_folder: PathBuf,
    pub(crate) last: u8,
}

/// The places of one host, and the groups of its processes.
#[derive(Debug, Clone)]
pub(crate) struct HostPlaces {
    pub(crate) folder: PathBuf,
    pub(crate) group: Cgroup,
}

impl LabRecord {
    pub(crate) fn read(lab_folder: &Path) -> Result<Option<LabRecord>, LabError> {
        read_json(&lab_folder.join("lab.json"))
    }

    pub(crate) fn write(&self, lab_folder: &Path) -> Result<(), LabError> {
        write_json(&lab_folder.join("lab.json"), self)
    }

    pub(crate) fn network(&self) -> Network {
        Network::numbered(self.network)
    }
}

impl HostRecord {
    pub(crate) fn image(&self) -> Result<Image, LabError> {
        self.image.parse()
    }

    pub(crate) fn address(&self, network: Network) -> Ipv4Addr {
        network.address(self.last)
    }

    pub(crate) fn write(&self, places: &HostPlaces) -> Result<(), LabError> {
        write_json(&places.folder.join("host.json"), self)
    }

    pub(crate) fn read(name: &str, places: &HostPlaces) -> Result<Option<HostRecord>, LabError> {
        let record: Option<HostRecord> = read_json(&places.folder.join("host.json"))?;
        Ok(record.map(|record| HostRecord { name: name.to_owned(), ..record }))
    }
}

impl HostPlaces {
    pub(crate) fn of(lab: &str, lab_folder: &Path, host: &str) -> HostPlaces {
        HostPlaces { folder: lab_folder.join("hosts").join(host), group: Cgroup::of_lab(lab).child(host) }
    }

    /// Where the booted system's processes are.
    pub(crate) fn machine(&self) -> Cgroup {
        self.group.child("machine")
    }

    /// Where the process is that boots the system again.
    pub(crate) fn keeper(&self) -> Cgroup {
        self.group.child("keeper")
    }

    /// What the host has written over its image.
    pub(crate) fn upper(&self) -> PathBuf {
        self.folder.join("upper")
    }

    /// The overlay's mount point, seen mounted only by the host's own processes.
    pub(crate) fn root(&self) -> PathBuf {
        self.folder.join("root")
    }

    /// All that a host has written, and what a snapshot holds: its disk, and what Docker keeps beside it.
    pub(crate) fn disks(&self) -> [PathBuf; 3] {
        ["upper", "docker", "containerd"].map(|name| self.folder.join(name))
    }

    pub(crate) fn console_log(&self) -> PathBuf {
        self.folder.join("console.log")
    }

    pub(crate) fn keeper_log(&self) -> PathBuf {
        self.folder.join("keeper.log")
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.folder.join("keys")
    }

    pub(crate) fn snapshots(&self) -> PathBuf {
        self.folder.join("snapshots")
    }
}

/// Reads every host of a lab, in the order of their addresses.
pub(crate) fn hosts(lab: &str, lab_folder: &Path) -> Result<Vec<HostRecord>, LabError> {
    let folder = lab_folder.join("hosts");
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.doing_with("reading", &folder)?,
    };
    let mut hosts = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        hosts.extend(HostRecord::read(&name, &HostPlaces::of(lab, lab_folder, &name))?);
    }
    hosts.sort_by_key(|host| host.last);
    Ok(hosts)
}

/// Lists the images that the hosts of any lab of this machine stand on.
pub(crate) fn image_folders_in_use() -> Result<Vec<PathBuf>, LabError> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(LABS).into_iter().flatten().flatten() {
        let lab = entry.file_name().to_string_lossy().into_owned();
        folders.extend(hosts(&lab, &entry.path())?.into_iter().map(|host| host.image_folder));
    }
    Ok(folders)
}

/// Picks the lowest address that no host of the lab has.
pub(crate) fn free_address(hosts: &[HostRecord]) -> Option<u8> {
    (FIRST_ADDRESS..=LAST_ADDRESS).find(|last| hosts.iter().all(|host| host.last != *last))
}

/// Accepts what can be a host name, part of an interface's name, and a folder.
pub(crate) fn check_name(what: &'static str, name: &str) -> Result<(), LabError> {
    let good = (1..=32).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if good {
        return Ok(());
    }
    Err(LabError::BadName { what, name: name.to_owned() })
}

fn read_json<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<Option<T>, LabError> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        text => text.doing_with("reading", path)?,
    };
    serde_json::from_str(&text).map(Some).map_err(|error| damaged(path, &error))
}

fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), LabError> {
    let text = serde_json::to_vec_pretty(value).map_err(|error| damaged(path, &error))?;
    files::write_whole(path, &text, 0o644)
}

fn damaged(path: &Path, error: &serde_json::Error) -> LabError {
    LabError::Damaged { path: path.display().to_string(), detail: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(last: u8) -> HostRecord {
        HostRecord {
            name: format!("host-{last}"),
            image: "debian-12".to_owned(),
            image_folder: PathBuf::from("/nowhere"),
            last,
        }
    }

    #[test]
    fn addresses_begin_at_eleven_and_gaps_are_filled() {
        assert_eq!(free_address(&[]), Some(11));
        assert_eq!(free_address(&[host(11), host(13)]), Some(12));
        let full: Vec<_> = (11..=250).map(host).collect();
        assert_eq!(free_address(&full), None);
    }

    #[test]
    fn names_are_safe_as_host_interface_and_folder() {
        for good in ["a", "gateway", "edge-2"] {
            check_name("host", good).unwrap();
        }
        for bad in ["", "A", "2b", "-a", "a_b", "a/b", "..", "a.b", &"a".repeat(33)] {
            assert!(check_name("host", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_damaged_record_is_named_and_a_missing_one_is_not_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(LabRecord::read(folder.path()).unwrap().is_none());
        fs::write(folder.path().join("lab.json"), "{").unwrap();
        let error = LabRecord::read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("lab.json is damaged"), "{error}");
    }
}
