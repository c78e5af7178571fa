//! What was carried out and cannot be seen again: which text was filled, what was provisioned, what compose came to.
//!
//! Root's alone, beside piton's other files. It holds digests of filled files, and no value.

use crate::own;
use crate::system::{Fault, FaultCode, System};
use piton_plan::Digest;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Recorded {
    pub(super) carried_out: Option<Digest>,
    pub(super) provisioned: BTreeMap<String, Digest>,
    files: BTreeMap<String, Filled>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Filled {
    /// Of the text with marks.
    marked: Digest,
    /// Of what was written.
    written: Digest,
}

const FOLDER: &str = "/var/lib/piton/stacks";

pub(super) fn path(stack: &str) -> String {
    format!("{FOLDER}/{stack}.json")
}

impl Recorded {
    pub(super) fn read(system: &System, stack: &str) -> Result<Recorded, Fault> {
        let Some(bytes) = own::read(system, &path(stack))? else { return Ok(Recorded::default()) };
        serde_json::from_slice(&bytes).map_err(|error| {
            Fault::new(FaultCode::Unreadable, format!("{} cannot be understood", path(stack)))
                .because(error)
                .help("remove it: the next apply carries everything out once more")
        })
    }

    pub(super) fn write(&self, system: &System, stack: &str) -> Result<(), Fault> {
        own::make_folder(system, FOLDER)?;
        own::write(system, &path(stack), &own::json(self)?)
    }

    /// What was written when this text was filled last.
    pub(super) fn filled(&self, path: &str, marked: &Digest) -> Option<&Digest> {
        self.files.get(path).filter(|filled| filled.marked == *marked).map(|filled| &filled.written)
    }

    pub(super) fn note_filled(&mut self, path: &str, marked: Digest, written: Digest) {
        self.files.insert(path.to_owned(), Filled { marked, written });
    }
}
