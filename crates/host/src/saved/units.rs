//! Units: whether they start at boot and whether they run, in two halves around everything else.

use super::{Saved, Subject, Undo, UnitSaved};
use crate::system::units::UnitState;
use crate::system::{Fault, System};
use std::collections::BTreeMap;

/// Asks for all units among the subjects with one process.
pub(super) fn read(system: &System, subjects: &[Subject]) -> Result<BTreeMap<String, UnitSaved>, Fault> {
    let name = |subject: &Subject| match subject {
        Subject::Unit(name) | Subject::Running(name) => Some(name.clone()),
        _ => None,
    };
    let names: Vec<String> = subjects.iter().filter_map(name).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let saved = |state: UnitState| UnitSaved { active: state.is_active(), file: state.file };
    Ok(system.units(&names)?.into_iter().map(|(name, state)| (name, saved(state))).collect())
}

/// Stops and switches off what did not run or start at boot. Comes before unit files are taken
/// away: systemd would otherwise leave links to them behind.
pub(super) fn quieten(system: &System, saved: &[Saved]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (name, was) in units(saved) {
        let result = system.unit(name).and_then(|now| {
            if now.is_enabled() && matches!(was.file.as_str(), "" | "disabled") {
                system.systemctl(&["disable", name])?;
            }
            match now.is_active() && !was.active {
                true => system.systemctl(&["stop", name]),
                false => Ok(()),
            }
        });
        faults.extend(result.err());
    }
    faults
}

/// Masks, unmasks and switches on what was so.
pub(super) fn switch(system: &System, saved: &[Saved]) -> Vec<Fault> {
    let switch_one = |(name, was): (&str, &UnitSaved)| {
        let now = system.unit(name)?;
        match was.file.as_str() {
            "masked" if !now.is_masked() => system.systemctl(&["mask", name])?,
            "masked-runtime" if !now.is_masked() => system.systemctl(&["mask", "--runtime", name])?,
            word if now.is_masked() && !word.starts_with("masked") => system.systemctl(&["unmask", name])?,
            _ => {}
        }
        match was.file.as_str() {
            "enabled" if !now.is_enabled() => system.systemctl(&["enable", name]),
            "enabled-runtime" if !now.is_enabled() => system.systemctl(&["enable", "--runtime", name]),
            _ => Ok(()),
        }
    };
    units(saved).filter_map(|unit| switch_one(unit).err()).collect()
}

/// Of the units that only take notice, those that run now.
pub(super) fn running(system: &System, saved: &[Saved]) -> Vec<String> {
    let names = saved.iter().filter_map(|saved| match saved {
        Saved::Running { name, .. } => Some(name.as_str()),
        _ => None,
    });
    let now = system.units(&names.collect::<Vec<_>>()).unwrap_or_default();
    now.into_iter().filter(|(_, state)| state.is_active()).map(|(name, _)| name).collect()
}

/// Starts what ran. What only takes notice of a file may have been stopped by its owner since a
/// change that was in force, so of that what ran until just now.
pub(super) fn wake(system: &System, saved: &[Saved], undo: Undo, ran_just_now: &[String]) -> Vec<Fault> {
    let ran = |saved: &'_ Saved| match saved {
        Saved::Unit { name, state } if state.active => Some(name.clone()),
        Saved::Running { name, active: true } if undo == Undo::Open || ran_just_now.contains(name) => {
            Some(name.clone())
        }
        _ => None,
    };
    let wake_one = |name: String| match system.unit(&name)?.is_active() {
        true => Ok(()),
        false => system.systemctl(&["start", &name]),
    };
    saved.iter().filter_map(ran).filter_map(|unit| wake_one(unit).err()).collect()
}

fn units(saved: &[Saved]) -> impl Iterator<Item = (&str, &UnitSaved)> {
    saved.iter().filter_map(|saved| match saved {
        Saved::Unit { name, state } => Some((name.as_str(), state)),
        _ => None,
    })
}
