//! What was done to this host, written down before it was done.
//!
//! A folder for each change under /var/lib/piton/journal, named by the generation it leads to:
//! `change.json` (the plan's part for this host, who, why, and the ledger as it was) and `log`,
//! one record a line, each fsync'd before the next thing happens. A torn last line is what a
//! power cut leaves, and reads as "not written".

mod change;
mod held;

pub(crate) use held::Held;

use crate::guard::probes::Probes;
use crate::ledger::Ledger;
use crate::network_state::command::Command;
use crate::own;
use crate::saved::{Saved, Settle};
use crate::system::{Fault, System};
use crate::wire::{Nonce, Outcome};
use piton_plan::HostPlan;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

const FOLDER: &str = "/var/lib/piton/journal";

/// One line of a change's log. `step` counts through all stages of the host's plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum Record {
    /// A connection took the change up: `SSH_CONNECTION`, empty on the machine itself.
    Began {
        at: u64,
        #[serde(default)]
        connection: String,
    },
    /// What answered on this host before anything was changed.
    Probed {
        before: Probes,
    },
    /// The prior state of everything the step may touch; the step may run now.
    Saved {
        step: usize,
        saved: Vec<Saved>,
        settle: Vec<Settle>,
    },
    Done {
        step: usize,
    },
    Failed {
        step: usize,
        because: Fault,
    },
    /// The guarded command has ended, and this is when: milliseconds on a clock that nobody sets.
    Ran {
        status: Option<i32>,
        since_boot: u64,
    },
    /// From here on it is put back, and this is why.
    Reverting {
        because: Fault,
        at: u64,
    },
    /// The prior state of this step is back and was compared.
    Undone {
        step: usize,
    },
    Ended {
        outcome: Outcome,
        at: u64,
    },
}

/// The unchanging part of a change.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Head {
    plan_id: String,
    operator: String,
    reason: String,
    generation: u64,
    plan: HostPlan,
    before: Ledger,
    #[serde(default)]
    goes_back: Option<u64>,
    nonce: Nonce,
    guarded: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    command: Option<Command>,
}

impl Head {
    fn of(change: &Change) -> Head {
        let change = change.clone();
        Head {
            plan_id: change.plan_id,
            operator: change.operator,
            reason: change.reason,
            generation: change.generation,
            plan: change.plan,
            before: change.before,
            goes_back: change.goes_back,
            nonce: change.nonce,
            guarded: change.guarded,
            command: change.command,
        }
    }

    fn with(self, records: Vec<Record>) -> Change {
        Change {
            plan_id: self.plan_id,
            operator: self.operator,
            reason: self.reason,
            generation: self.generation,
            plan: self.plan,
            before: self.before,
            goes_back: self.goes_back,
            nonce: self.nonce,
            guarded: self.guarded,
            command: self.command,
            records,
        }
    }
}

/// A change as the journal has it.
#[derive(Clone, Debug)]
pub struct Change {
    pub plan_id: String,
    pub operator: String,
    pub reason: String,
    pub generation: u64,
    pub plan: HostPlan,
    /// The ledger as it was before; what undoing goes back to.
    pub before: Ledger,
    /// The earlier change that this one puts back; its steps are that one's.
    pub goes_back: Option<u64>,
    /// Whoever knows it has been told of this very change.
    pub nonce: Nonce,
    /// The host puts it back by itself when nobody confirms.
    pub guarded: bool,
    /// The command that this is about, instead of a plan.
    pub command: Option<Command>,
    pub records: Vec<Record>,
}

/// An open log, for appending.
pub struct Journal {
    file: File,
    folder: String,
    reserve: PathBuf,
}

/// What undoing may need on a full disk: records, the ledger, the largest of most sites' files.
const RESERVE: usize = 512 << 10;

fn folder(generation: u64) -> String {
    format!("{FOLDER}/{generation:08}")
}

/// Seconds since the epoch, for people to read; nothing is decided by it.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

impl Journal {
    /// Opens the journal of a new change. Nothing may be changed on the host before this returned.
    pub fn begin(system: &System, change: &Change) -> Result<Journal, Fault> {
        let folder = folder(change.generation);
        own::make_folder(system, FOLDER)?;
        own::make_folder(system, &folder)?;
        own::write(system, &format!("{folder}/reserve"), &[0; RESERVE])?;
        own::write(system, &format!("{folder}/change.json"), &own::json(&Head::of(change))?)?;
        Journal::open(system, folder)
    }

    /// Opens the log of a change that is under way.
    pub fn resume(system: &System, change: &Change) -> Result<Journal, Fault> {
        Journal::open(system, folder(change.generation))
    }

    fn open(system: &System, folder: String) -> Result<Journal, Fault> {
        let path = system.path(&format!("{folder}/log"));
        let mut options = OpenOptions::new();
        let opened = options.create(true).read(true).append(true).mode(0o600).open(&path);
        let cut = opened.and_then(|mut file| {
            let mut log = Vec::new();
            file.read_to_end(&mut log)?;
            // A record written after a torn one would be as unreadable as that.
            file.set_len(whole(&log).len() as u64)?;
            Ok(file)
        });
        let file = cut.map_err(|error| Fault::file("cannot open", &path, error))?;
        let reserve = system.path(&format!("{folder}/reserve"));
        Ok(Journal { file, folder, reserve })
    }

    /// Where its records are.
    pub fn path(&self, system: &System) -> PathBuf {
        system.path(&format!("{}/log", self.folder))
    }

    /// Gives back the space that was kept so that a full disk does not stop an undo.
    pub fn free_reserve(&self) {
        // Not being there is as good.
        let _ = std::fs::remove_file(&self.reserve);
    }

    /// Writes one record through to the disk.
    pub fn append(&mut self, record: &Record) -> Result<(), Fault> {
        let mut line = own::json(record)?;
        line.push(b'\n');
        let before = self.file.metadata().map(|found| found.len());
        let written = self.file.write_all(&line).and_then(|()| self.file.sync_data());
        if let (Err(_), Ok(before)) = (&written, before) {
            // Half a record would make all that come after it unreadable.
            let _ = self.file.set_len(before);
        }
        if matches!(record, Record::Ended { .. }) {
            self.free_reserve();
        }
        written.map_err(|error| Fault::file("cannot write the journal in", self.folder.as_ref(), error))
    }
}

/// Writes a change down anew, with all that was done, after its folder was taken away.
pub(crate) fn rewrite(system: &System, change: &Change) -> Result<Journal, Fault> {
    let mut journal = Journal::begin(system, change)?;
    change.records.iter().try_for_each(|record| journal.append(record))?;
    Ok(journal)
}

/// Whether a change is written down where it belongs.
pub(crate) fn has(system: &System, change: &Change) -> bool {
    latest(system).is_ok_and(|latest| latest.is_some_and(|latest| latest.nonce == change.nonce))
}

/// Takes a change back out of the journal that never came to its first step.
pub fn forget(system: &System, change: &Change) -> Result<(), Fault> {
    let folder = folder(change.generation);
    for name in own::list(system, &folder)? {
        own::remove(system, &format!("{folder}/{name}"))?;
    }
    Ok(())
}

/// Every change that this host remembers, oldest first. What cannot be read is left out: a torn
/// folder is one whose change never began.
pub fn changes(system: &System) -> Result<Vec<Change>, Fault> {
    let mut generations: Vec<u64> = own::list(system, FOLDER)?.iter().filter_map(|name| name.parse().ok()).collect();
    generations.sort_unstable();
    let mut found = Vec::new();
    for generation in generations {
        found.extend(read(system, generation)?);
    }
    Ok(found)
}

/// The newest change, if there is any.
pub fn latest(system: &System) -> Result<Option<Change>, Fault> {
    let generations = own::list(system, FOLDER)?;
    let newest = generations.iter().filter_map(|name| name.parse::<u64>().ok()).max();
    match newest {
        Some(generation) => read(system, generation),
        None => Ok(None),
    }
}

/// Whether the newest change ended, and not midway; also true where there was none. Costs a look
/// at the end of its log: a journal holds far more than every greeting should read.
pub fn newest_has_ended_well(system: &System) -> Result<bool, Fault> {
    let generations = own::list(system, FOLDER)?;
    let Some(newest) = generations.iter().filter_map(|name| name.parse::<u64>().ok()).max() else { return Ok(true) };
    let log = own::read(system, &format!("{}/log", folder(newest)))?.unwrap_or_default();
    // Without its own end a record is torn, and then the change has not ended at all.
    let last = log.strip_suffix(b"\n").and_then(|log| log.rsplit(|byte| *byte == b'\n').next());
    let last = last.and_then(|line| serde_json::from_slice(line).ok());
    Ok(matches!(last, Some(Record::Ended { outcome, .. }) if outcome != Outcome::Interrupted))
}

fn read(system: &System, generation: u64) -> Result<Option<Change>, Fault> {
    let folder = folder(generation);
    let Some(head) = own::read(system, &format!("{folder}/change.json"))? else { return Ok(None) };
    let Ok(head) = serde_json::from_slice::<Head>(&head) else { return Ok(None) };
    let log = own::read(system, &format!("{folder}/log"))?.unwrap_or_default();
    let records = records(&log).collect();
    Ok(Some(head.with(records)))
}

/// The records of a log, up to where a power cut tore it.
fn records(log: &[u8]) -> impl Iterator<Item = Record> {
    let lines = log.split_inclusive(|byte| *byte == b'\n');
    lines.map_while(|line| serde_json::from_slice(line.strip_suffix(b"\n")?).ok())
}

/// The part of a log that holds whole records.
fn whole(log: &[u8]) -> &[u8] {
    let lines = log.split_inclusive(|byte| *byte == b'\n').take(records(log).count());
    log.get(..lines.map(<[u8]>::len).sum()).unwrap_or_default()
}
