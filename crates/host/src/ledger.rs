//! What a host remembers of piton: its generation, and the list of what piton owns there.
//!
//! One file, replaced whole. It is only ever brought forward by [`fold`], from the records of a
//! change's journal, in the same way whether the change ended well, was undone, or was cut short
//! by a power cut: there is no second path that could disagree.

use crate::journal::Change;
use crate::own;
use crate::saved::{self, Saved};
use crate::system::{Fault, FaultCode, System};
use crate::wire::StepState;
use piton_plan::{Digest, Key, Owned, Resource, Verb};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const FILE: &str = "/var/lib/piton/ledger.json";

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Ledger {
    pub generation: u64,
    pub entries: Vec<Entry>,
}

/// One owned resource, and what stood there before piton.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub owned: Owned,
    pub original: Vec<Saved>,
}

/// The ledger as it lies on the disk. Every package has the same list of packages as its original,
/// so originals are kept once each, by their digest.
#[derive(Serialize, Deserialize)]
struct Stored {
    generation: u64,
    entries: Vec<StoredEntry>,
    originals: BTreeMap<String, Vec<Saved>>,
}

#[derive(Serialize, Deserialize)]
struct StoredEntry {
    #[serde(flatten)]
    owned: Owned,
    original: String,
}

impl From<Ledger> for Stored {
    fn from(ledger: Ledger) -> Stored {
        let mut originals = BTreeMap::new();
        let mut keep = |entry: Entry| {
            let digest = Digest::of_json(&entry.original).as_str().to_owned();
            originals.insert(digest.clone(), entry.original);
            StoredEntry { owned: entry.owned, original: digest }
        };
        let entries = ledger.entries.into_iter().map(&mut keep).collect();
        Stored { generation: ledger.generation, entries, originals }
    }
}

impl From<Stored> for Ledger {
    fn from(stored: Stored) -> Ledger {
        let original = |digest: &String| stored.originals.get(digest).cloned().unwrap_or_default();
        let entry = |entry: StoredEntry| Entry { original: original(&entry.original), owned: entry.owned };
        Ledger { generation: stored.generation, entries: stored.entries.into_iter().map(entry).collect() }
    }
}

impl Ledger {
    pub fn read(system: &System) -> Result<Ledger, Fault> {
        match own::read(system, FILE)? {
            None => Ok(Ledger::default()),
            Some(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                Fault::new(FaultCode::Unreadable, format!("{FILE} cannot be understood"))
                    .because(error)
                    .help("restore it from a backup; without it piton does not know what it owns here")
            }),
        }
    }

    pub fn write(&self, system: &System) -> Result<(), Fault> {
        own::write(system, FILE, &own::json(self)?)
    }

    pub fn owned(&self) -> Vec<Owned> {
        self.entries.iter().map(|entry| entry.owned.clone()).collect()
    }

    pub fn original(&self, key: &Key) -> Option<&Entry> {
        self.entries.iter().find(|entry| &entry.owned.resource.key() == key)
    }

    /// Brings the ledger forward over one change, from what the journal says was begun and done.
    pub fn fold(self, change: &Change) -> Ledger {
        let mut entries: BTreeMap<Key, Entry> =
            self.entries.into_iter().map(|entry| (entry.owned.resource.key(), entry)).collect();
        for (index, step) in change.plan.steps().enumerate() {
            match (change.state_of(index), step.verb) {
                (StepState::Untouched | StepState::Undone, _) | (StepState::Begun, Verb::Remove) => {}
                (StepState::Done, Verb::Remove) => drop(entries.remove(&step.resource.key())),
                // Begun counts as owned: half a file that nobody owns would be left for ever.
                (_, verb) => {
                    let saved = change.saved(index).unwrap_or_default();
                    take(&mut entries, &step.resource, verb, saved, change.generation);
                }
            }
        }
        for key in &change.plan.forget {
            entries.remove(key);
        }
        Ledger { generation: change.generation, entries: entries.into_values().collect() }
    }
}

fn take(entries: &mut BTreeMap<Key, Entry>, resource: &Resource, verb: Verb, saved: &[Saved], generation: u64) {
    let entry = entries.entry(resource.key()).or_insert_with(|| Entry {
        owned: Owned { resource: resource.clone(), since: generation, replaced: verb == Verb::Change },
        original: saved::lasting(saved),
    });
    entry.owned.resource = resource.clone();
}
