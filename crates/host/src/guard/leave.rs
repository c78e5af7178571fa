//! Leave to change a host, as a type: without one, nothing of [`crate::kind`] can be applied.
//!
//! There are two ways to have it. The guard is armed for this very change; or the operator said,
//! for this one run, that there shall be none. The second is written into the journal.

use super::armed::Armed;
use super::{deadline, units};
use crate::journal::Change;
use crate::system::{Fault, FaultCode, System};
use std::time::Duration;

/// Leave to change this host for as long as one change is open.
#[derive(Debug)]
pub struct Leave {
    guarded: bool,
}

/// Has the disk say again that a change is guarded, and have the program that puts it back after a boot.
pub(crate) fn rearm(system: &System, change: &Change) -> Result<(), Fault> {
    units::install(system)?;
    Armed::of(change).write(system)
}

impl Leave {
    /// Arms the guard for a change that is about to begin. After this nothing but the change's own
    /// end keeps the host from being put back.
    pub(crate) fn guarded(system: &System, change: &Change, time: Duration) -> Result<Leave, Fault> {
        if !system.exists("/run/systemd/system") {
            let what = "there is no systemd here, so nothing would put this host back if it lost you";
            return Err(Fault::new(FaultCode::Unsupported, what)
                .help("if somebody can get to its console, `--no-guard` applies without that"));
        }
        units::install(system)?;
        deadline::extend(system, time)?;
        Armed::of(change).write(system)?;
        units::start(system).inspect_err(|_| {
            // Nothing was changed yet, so there is nothing to put back either.
            let _ = super::disarm(system);
        })?;
        Ok(Leave { guarded: true })
    }

    /// Goes on, in another session, with a change that was begun with leave.
    pub(crate) fn held(system: &System, change: &Change) -> Result<Leave, Fault> {
        if change.guarded && Armed::read(system)? != Some(Armed::of(change)) {
            return Err(Fault::new(FaultCode::Stale, "the guard of this change is not there any more")
                .help("look at `piton history`, and make a new plan"));
        }
        Ok(Leave { guarded: change.guarded })
    }

    /// Whoever changes this host wants no guard, and says so here.
    pub fn waived() -> Leave {
        Leave { guarded: false }
    }

    /// Gives the change this much time for what comes next.
    pub(crate) fn extend(&self, system: &System, time: Duration) -> Result<(), Fault> {
        match self.guarded {
            true => deadline::extend(system, time),
            false => Ok(()),
        }
    }
}
