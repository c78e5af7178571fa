//! Whether a systemd unit runs, and whether it starts at boot.

use super::{HostKind, Look, confirm};
use crate::saved::{Footprint, Subject};
use crate::system::{Fault, FaultCode, System};
use piton_plan::kind::Unit;
use piton_plan::kind::unit::Observed;
use piton_plan::ways_in;

impl HostKind for Unit {
    fn observe(&self, _system: &System, look: &Look<'_>) -> Result<Observed, Fault> {
        let state = look.unit(&self.name)?;
        Ok(Observed { loaded: state.is_loaded(), enabled: state.is_enabled(), active: state.is_active() })
    }

    fn footprint(&self) -> Footprint {
        let unit = Footprint::of([Subject::Unit(self.name.clone())]);
        match ways_in::loads_filter(&self.name) {
            // One that stops takes the rules of others along, and starts by taking them away.
            true => super::with_network(unit),
            false => unit,
        }
    }

    fn apply(&self, system: &System) -> Result<(), Fault> {
        let state = system.unit(&self.name)?;
        let wants_on = self.enabled == Some(true) || self.active == Some(true);
        if wants_on && state.is_masked() {
            system.systemctl(&["unmask", &self.name])?;
        } else if wants_on && !state.is_loaded() {
            let what = format!("this host has no unit {}", self.name);
            return Err(Fault::new(FaultCode::Unsupported, what).help("install the package that brings it"));
        }
        if self.enabled == Some(true) && matches!(state.file.as_str(), "static" | "generated" | "transient") {
            let what = format!("{} cannot be set to start at boot: it is {}", self.name, state.file);
            let help = "leave `enabled` out for this unit: others start it";
            return Err(Fault::new(FaultCode::Unsupported, what).help(help));
        }
        match self.enabled {
            Some(true) if !state.is_enabled() => system.systemctl(&["enable", &self.name])?,
            Some(false) if state.is_enabled() => system.systemctl(&["disable", &self.name])?,
            _ => {}
        }
        match self.active {
            Some(true) if !state.is_active() => system.systemctl(&["start", &self.name])?,
            Some(false) if state.is_active() => system.systemctl(&["stop", &self.name])?,
            _ => {}
        }
        confirm::took_effect(self, system)
    }

    fn units(&self) -> Vec<String> {
        vec![self.name.clone()]
    }
}
