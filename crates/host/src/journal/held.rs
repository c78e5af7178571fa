//! An open change in the hands of the guard, out of reach of whatever happens to names.
//!
//! A change may take away the folder in which it is written down: a command that empties `/var/lib`, a
//! snapshot of `/var` that is gone back to. So the guard has what the change is about in its memory, and
//! the log of what was done as an open file, which the kernel keeps for as long as that is open.

use super::{Change, folder, records, rewrite};
use crate::system::{Fault, System};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

pub(crate) struct Held {
    change: Change,
    log: File,
}

impl Held {
    /// Takes hold of a change as the journal has it.
    pub(crate) fn of(system: &System, change: Change) -> Result<Held, Fault> {
        let path = system.path(&format!("{}/log", folder(change.generation)));
        let log = File::open(&path).map_err(|error| Fault::file("cannot open", &path, error))?;
        Ok(Held { change, log })
    }

    /// The change with all that was done so far, wherever its folder is.
    pub(crate) fn change(&mut self) -> Result<Change, Fault> {
        let mut log = Vec::new();
        let read = self.log.seek(SeekFrom::Start(0)).and_then(|_| self.log.read_to_end(&mut log));
        read.map_err(|error| Fault::file("cannot read the log of", folder(self.change.generation).as_ref(), error))?;
        Ok(Change { records: records(&log).collect(), ..self.change.clone() })
    }

    /// The change, written down again where it had been.
    pub(crate) fn write_again(&mut self, system: &System) -> Result<Change, Fault> {
        let change = self.change()?;
        rewrite(system, &change)?;
        Ok(change)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Journal, Record, changes, latest};
    use super::*;
    use crate::ledger::Ledger;
    use crate::wire::Outcome;
    use piton_plan::{Digest, HostPlan, Login};

    fn change() -> Change {
        let login = Login { address: String::new(), user: None, port: None };
        let (observed, host) = (Digest::of(b""), String::new());
        let plan = HostPlan {
            host,
            login,
            parent: 3,
            observed,
            stages: Vec::new(),
            forget: Vec::new(),
            waits: Vec::new(),
            destroys: Vec::new(),
        };
        let before = Ledger { generation: 3, ..Ledger::default() };
        Change::new(<_>::default(), "7c1e".into(), plan, before, true).unwrap()
    }

    #[test]
    fn a_change_whose_folder_was_taken_away_is_known_whole_and_written_down_again() {
        let root = tempfile::tempdir().unwrap();
        let system = System::at(root.path());
        let mut journal = Journal::begin(&system, &change()).unwrap();
        journal.append(&Record::Began { at: 1, connection: String::new() }).unwrap();
        let mut held = Held::of(&system, latest(&system).unwrap().unwrap()).unwrap();
        // What is done after the guard took hold of it, and what after its folder went.
        journal.append(&Record::Done { step: 0 }).unwrap();
        std::fs::remove_dir_all(root.path().join("var")).unwrap();
        journal.append(&Record::Done { step: 1 }).unwrap();
        assert!(latest(&system).unwrap().is_none());
        let again = held.write_again(&system).unwrap();
        assert_eq!((again.records.len(), again.generation, again.outcome()), (3, 4, Outcome::Open));
        let found = changes(&system).unwrap();
        assert_eq!(found.iter().map(|change| change.records.clone()).collect::<Vec<_>>(), [again.records]);
        assert_eq!(found[0].nonce, again.nonce);
    }
}
