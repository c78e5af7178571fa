//! The first half of putting back after a reboot: files and accounts, before the network is up.
//!
//! What starts afterwards starts from the old files, so a host whose change broke its network or
//! its way in boots as it did before. Nothing is asked of systemd but to read its units again, and
//! nothing is noted: the guard itself comes later in the same boot and puts everything back.

use super::armed::Armed;
use crate::journal;
use crate::lock;
use crate::saved::{self, Settle};
use crate::system::{Fault, System};
use crate::wire::Outcome;

/// Puts the files and accounts of the armed change back, newest step first.
pub fn put_files_back(system: &System) -> Result<(), Fault> {
    let Some(armed) = Armed::read(system)? else { return Ok(()) };
    // At this point of a boot nobody can have it; whoever does is doing the same.
    let Some(_locks) = lock::try_begin(system)? else { return Ok(()) };
    let latest = journal::latest(system)?;
    let open = latest.filter(|change| Armed::of(change) == armed && change.outcome() == Outcome::Open);
    let Some(change) = open else { return Ok(()) };
    let mut reload = false;
    let mut first = Ok(());
    for (_, before, settle) in change.to_undo() {
        first = first.and(saved::restore_on_disk(system, &before));
        reload |= settle.contains(&Settle::DaemonReload);
    }
    match reload {
        true => first.and(system.systemctl(&["daemon-reload"])),
        false => first,
    }
}
