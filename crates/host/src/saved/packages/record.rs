//! What piton's own transactions did to the set of packages, written down before each of them.
//!
//! Other people install and remove packages too, and theirs is not for an undo to touch. A name
//! may be in both lists: piton brought it once, and took it away since.

use crate::own;
use crate::system::{Fault, FaultCode, System};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

const FILE: &str = "/var/lib/piton/packages.json";

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    /// Installed by piton at one time.
    pub(super) brought: BTreeSet<String>,
    /// Taken away by piton since, or left to others who need it by now.
    pub(super) taken: BTreeSet<String>,
}

impl Record {
    pub(super) fn read(system: &System) -> Result<Record, Fault> {
        let Some(bytes) = own::read(system, FILE)? else { return Ok(Record::default()) };
        serde_json::from_slice(&bytes).map_err(|error| {
            Fault::new(FaultCode::Unreadable, format!("{FILE} cannot be understood"))
                .because(error)
                .help("restore it from a backup; without it piton does not know which packages it brought")
        })
    }

    pub(super) fn write(&self, system: &System) -> Result<(), Fault> {
        own::make_folder(system, own::FOLDER)?;
        own::write(system, FILE, &own::json(self)?)
    }
}

/// Writes down what a transaction of piton's is about to bring. Without this it is never undone.
pub(crate) fn announce(system: &System, names: impl IntoIterator<Item = String>) -> Result<(), Fault> {
    let mut record = Record::read(system)?;
    for name in names {
        record.taken.remove(&name);
        record.brought.insert(name);
    }
    record.write(system)
}

/// Writes down what a transaction of piton's is about to take away. Without this it never comes back.
pub(crate) fn announce_removal<'a>(system: &System, names: impl IntoIterator<Item = &'a str>) -> Result<(), Fault> {
    let mut record = Record::read(system)?;
    record.taken.extend(names.into_iter().map(str::to_owned));
    record.write(system)
}
