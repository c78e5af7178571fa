//! The mark that a change is guarded: a file, because it must be there after a power cut too.
//!
//! It names the change, so that a guard which comes late cannot take a later one for it. The units
//! of the guard do nothing where it is missing.

use crate::journal::Change;
use crate::own;
use crate::system::{Fault, System};
use serde::{Deserialize, Serialize};

pub(super) const FOLDER: &str = "/var/lib/piton/guard";
pub(super) const FILE: &str = "/var/lib/piton/guard/armed.json";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Armed {
    pub(super) generation: u64,
    pub(super) plan_id: String,
}

impl Armed {
    pub(super) fn of(change: &Change) -> Armed {
        Armed { generation: change.generation, plan_id: change.plan_id.clone() }
    }

    pub(super) fn write(&self, system: &System) -> Result<(), Fault> {
        own::make_folder(system, FOLDER)?;
        own::write(system, FILE, &own::json(self)?)
    }

    /// None: no change is guarded. What cannot be read is as good as any change that is open.
    pub(super) fn read(system: &System) -> Result<Option<Armed>, Fault> {
        Ok(own::read(system, FILE)?.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }
}

/// The change has ended, so nothing is left to guard.
pub(crate) fn disarm(system: &System) -> Result<(), Fault> {
    crate::saved::forget_second(system);
    own::remove(system, FILE)
}
