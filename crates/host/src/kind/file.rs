//! A file with its content, owner and mode.

use super::{HostKind, Look};
use crate::saved::{Footprint, Settle, Subject};
use crate::system::files::Standing;
use crate::system::{Fault, System};
use piton_plan::kind::File;
use piton_plan::kind::file::Observed;

impl HostKind for File {
    fn observe(&self, system: &System, _look: &Look<'_>) -> Result<Observed, Fault> {
        let other = match system.standing(&self.file.path)? {
            Standing::Nothing | Standing::File => None,
            other => Some(other.word().to_owned()),
        };
        Ok(Observed { state: system.spec_state(&self.file)?, other })
    }

    fn footprint(&self) -> Footprint {
        let mut footprint = Footprint::of([Subject::Path(self.file.path.clone())]);
        if is_unit_file(self) {
            footprint = footprint.settled_by(Settle::DaemonReload);
        }
        self.reloads.iter().fold(footprint, |footprint, unit| footprint.settled_by(Settle::Reload(unit.clone())))
    }

    fn apply(&self, system: &System) -> Result<(), Fault> {
        // The plan said that a link would give way to a file.
        system.write_file_over_link(&self.file)?;
        // Also when nothing was written: an earlier attempt may have been cut off in between.
        if is_unit_file(self) {
            system.systemctl(&["daemon-reload"])?;
        }
        for unit in &self.reloads {
            if system.unit(unit)?.is_active() {
                system.systemctl(&["reload-or-restart", unit])?;
            }
        }
        Ok(())
    }
}

/// systemd has to be told when it changes.
fn is_unit_file(file: &File) -> bool {
    file.file.path.starts_with("/etc/systemd/system/")
}
