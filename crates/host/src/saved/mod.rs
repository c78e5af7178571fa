//! What was there before a change, and putting it back exactly.
//!
//! A kind names the subjects that it may touch ([`Footprint`]); [`save`] reads them, [`restore`]
//! puts them back and then looks again. That is all of undo: it knows nothing of kinds, so a kind
//! whose footprint is right is undone right. Where the bytes are kept is the journal's business.

mod accounts;
mod bytes;
mod containers;
mod filter;
mod folder;
mod home;
pub(crate) mod packages;
mod paths;
mod restore;
mod secrets;
pub(crate) mod ssh_ports;
#[cfg(test)]
pub(crate) mod testing;
mod units;
mod written;

pub use bytes::Bytes;
pub use containers::{ContainerSaved, ProjectSaved};
pub use filter::FilterSaved;
pub(crate) use filter::ufw_is_whole;
pub use packages::PackagesSaved;
pub(crate) use restore::{keeping_tables, restore_paths};
pub use restore::{restore, restore_on_disk};
pub(crate) use secrets::{forget_second, keep_secret, kept_secret};
pub use written::Written;

use crate::network_state::{self, NetworkSaved, Packets, files};
use crate::system::{Fault, System};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One thing on a host that can be saved and put back by itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Whatever stands at a path: a file, a link, a folder (not what is in it), or nothing.
    Path(String),
    /// A file whose bytes are kept in a root-only copy and never travel in a [`Saved`].
    Secret(String),
    /// A home folder that a change may make: undone only while nothing but the skeleton is in it.
    Home(String),
    /// A folder in which the programs of a stack write, and whether what they write is people's data.
    Folder { path: String, data: bool },
    /// The containers and networks of a compose project.
    Project(Project),
    /// A user: its lines in passwd, shadow, subuid and subgid, and its memberships.
    Account(String),
    /// A group: its lines in group and gshadow.
    Group(String),
    /// Whether a unit is enabled, masked and active.
    Unit(String),
    /// Whether a unit that takes notice of a file runs: one that the change kept from starting is
    /// started again. What else it does is its own business.
    Running(String),
    /// The live value of a kernel parameter.
    Sysctl(String),
    /// The set of installed packages.
    Packages,
    /// The packet filter's policies, IPv4 and IPv6, and the kernel parameters that ufw sets.
    Filter,
    /// All of the network: links, addresses, routes, rules, filter, resolver, and its files.
    Network,
    /// The packet filter's tables, whoever made them: what of the network outlasts the change.
    Tables,
    /// The files by which sshd lets people in, and that there are no others in their folders.
    SshFiles,
    /// The ports on which sshd is reached, whatever its files say.
    SshPorts,
}

/// A compose project, by what it is known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Project {
    pub name: String,
    /// Docker's networks that are made for it.
    pub networks: Vec<String>,
}

/// Everything that a resource's apply and remove may touch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footprint {
    pub subjects: Vec<Subject>,
    /// What makes the running system take notice, once all subjects are back.
    pub settle: Vec<Settle>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settle {
    /// systemd reads its unit files again; comes before anything else, wherever it stands.
    DaemonReload,
    /// Reloads a unit, or restarts it when it cannot reload; nothing while it is not running.
    Reload(String),
    /// Restarts a unit; nothing while it is not running.
    Restart(String),
    /// ufw loads its rules anew, if its files say that it is on.
    Filter,
}

/// What is put back, which decides whether what came meanwhile may hold somebody's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// A change that was never confirmed: nobody has used what it brought.
    Open,
    /// A change that was in force: what it brought may hold data by now.
    Later,
    /// The same, and somebody said that what cannot go shall not keep the rest from going.
    Anyway,
}

/// A subject as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "subject", rename_all = "snake_case")]
pub enum Saved {
    Path {
        path: String,
        entry: Entry,
    },
    Secret {
        path: String,
        entry: Entry,
    },
    Home {
        path: String,
        before: Option<Attributes>,
    },
    Folder {
        path: String,
        data: bool,
        before: Option<Attributes>,
        /// Folders above it that were missing, too, the deepest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        missing_parents: Vec<String>,
    },
    Project {
        project: Project,
        before: ProjectSaved,
    },
    Account {
        name: String,
        lines: AccountLines,
    },
    Group {
        name: String,
        lines: GroupLines,
    },
    Unit {
        name: String,
        state: UnitSaved,
    },
    Running {
        name: String,
        active: bool,
    },
    Sysctl {
        name: String,
        value: Option<String>,
    },
    Packages(PackagesSaved),
    Filter(FilterSaved),
    Network(Box<NetworkSaved>),
    Tables(Packets),
    SshFiles {
        files: Vec<Saved>,
    },
    SshPorts {
        ports: BTreeSet<u16>,
    },
}

/// What stood at a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "was", rename_all = "snake_case")]
pub enum Entry {
    /// Nothing, and these folders above it were missing too, the deepest first.
    Nothing {
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        missing_parents: Vec<String>,
    },
    File {
        content: Content,
        #[serde(flatten)]
        attributes: Attributes,
        #[serde(default, skip_serializing_if = "Written::is_unknown")]
        written: Written,
    },
    Directory {
        #[serde(flatten)]
        attributes: Attributes,
    },
    Link {
        target: Bytes,
        uid: u32,
        gid: u32,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributes {
    pub uid: u32,
    pub gid: u32,
    pub mode: u32,
    /// Extended attributes, POSIX ACLs among them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub xattrs: BTreeMap<String, Bytes>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    Inline(Bytes),
    /// The bytes lie in piton's root-only folder, under their digest.
    Kept(String),
}

/// A user's own lines; none: it had no line there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountLines {
    pub passwd: Option<String>,
    pub shadow: Option<String>,
    pub subuid: Vec<String>,
    pub subgid: Vec<String>,
    /// The groups that list it as a member.
    pub groups: Vec<String>,
}

/// A group's own lines; none: it had no line there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupLines {
    pub group: Option<String>,
    pub gshadow: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitSaved {
    /// systemd's word: `enabled`, `disabled`, `masked`, `static`…; empty: no unit file.
    pub file: String,
    pub active: bool,
}

impl Footprint {
    pub fn of(subjects: impl IntoIterator<Item = Subject>) -> Footprint {
        Footprint { subjects: subjects.into_iter().collect(), settle: Vec::new() }
    }

    /// The files of a kind as subjects.
    pub fn of_files(specs: &[piton_plan::FileSpec]) -> Footprint {
        Footprint::of(specs.iter().map(|spec| Subject::Path(spec.path.clone())))
    }

    pub fn with(mut self, subject: Subject) -> Footprint {
        self.subjects.push(subject);
        self
    }

    pub fn settled_by(mut self, settle: Settle) -> Footprint {
        self.settle.push(settle);
        self
    }
}

impl Saved {
    /// What this is the former state of.
    pub fn subject(&self) -> Subject {
        match self {
            Saved::Path { path, .. } => Subject::Path(path.clone()),
            Saved::Secret { path, .. } => Subject::Secret(path.clone()),
            Saved::Home { path, .. } => Subject::Home(path.clone()),
            Saved::Folder { path, data, .. } => Subject::Folder { path: path.clone(), data: *data },
            Saved::Project { project, .. } => Subject::Project(project.clone()),
            Saved::Account { name, .. } => Subject::Account(name.clone()),
            Saved::Group { name, .. } => Subject::Group(name.clone()),
            Saved::Unit { name, .. } => Subject::Unit(name.clone()),
            Saved::Running { name, .. } => Subject::Running(name.clone()),
            Saved::Sysctl { name, .. } => Subject::Sysctl(name.clone()),
            Saved::Packages(_) => Subject::Packages,
            Saved::Filter(_) => Subject::Filter,
            Saved::Network(_) => Subject::Network,
            Saved::Tables(_) => Subject::Tables,
            Saved::SshFiles { .. } => Subject::SshFiles,
            Saved::SshPorts { .. } => Subject::SshPorts,
        }
    }
}

/// What of a saved state still counts once the change was in force: of the network that ran then,
/// which tables of the packet filter there were. A filter that goes shall not take those along.
pub fn lasting(saved: &[Saved]) -> Vec<Saved> {
    let lasts = |saved: &Saved| match saved {
        Saved::Network(network) => Saved::Tables(network.live.packets.clone()),
        other => other.clone(),
    };
    saved.iter().map(lasts).collect()
}

/// What stood at a path, if it is among what was saved.
pub(crate) fn entry<'a>(saved: &'a [Saved], of: &str) -> Option<&'a Entry> {
    saved.iter().find_map(|saved| match saved {
        Saved::Path { path, entry } if path == of => Some(entry),
        _ => None,
    })
}

/// Reads the subjects as they are; changes nothing, but for the root-only copies of secrets.
pub fn save(system: &System, footprint: &Footprint) -> Result<Vec<Saved>, Fault> {
    let units = units::read(system, &footprint.subjects)?;
    let saved = |subject: &Subject| {
        Ok(match subject {
            Subject::Path(path) => Saved::Path { path: path.clone(), entry: paths::read(system, path)? },
            Subject::Secret(path) => {
                let entry = secrets::keep(system, paths::read(system, path)?)?;
                Saved::Secret { path: path.clone(), entry }
            }
            Subject::Home(path) => Saved::Home { path: path.clone(), before: home::read(system, path)? },
            Subject::Folder { path, data } => folder::read(system, path, *data)?,
            Subject::Project(project) => {
                Saved::Project { project: project.clone(), before: containers::read(system, project)? }
            }
            Subject::Account(name) => {
                Saved::Account { name: name.clone(), lines: accounts::read_account(system, name)? }
            }
            Subject::Group(name) => Saved::Group { name: name.clone(), lines: accounts::read_group(system, name)? },
            Subject::Unit(name) => {
                Saved::Unit { name: name.clone(), state: units.get(name).cloned().unwrap_or_default() }
            }
            Subject::Running(name) => {
                Saved::Running { name: name.clone(), active: units.get(name).is_some_and(|unit| unit.active) }
            }
            Subject::Sysctl(name) => Saved::Sysctl { name: name.clone(), value: system.sysctl(name)? },
            Subject::Packages => Saved::Packages(packages::read(system)?),
            Subject::Filter => Saved::Filter(filter::read(system)?),
            Subject::Network => Saved::Network(Box::new(network_state::read(system)?)),
            Subject::Tables => Saved::Tables(network_state::read_packets(system)?),
            Subject::SshFiles => Saved::SshFiles { files: files::read(system, files::SSH)? },
            Subject::SshPorts => Saved::SshPorts { ports: ssh_ports::read(system)? },
        })
    };
    footprint.subjects.iter().map(saved).collect()
}
