//! A systemd timer with the service it starts.

use super::{HostKind, Look, confirm};
use crate::saved::{Footprint, Settle, Subject};
use crate::system::{Fault, FaultCode, System};
use piton_plan::kind::Timer;
use piton_plan::kind::timer::Observed;

impl HostKind for Timer {
    fn observe(&self, _system: &System, look: &Look<'_>) -> Result<Observed, Fault> {
        let state = look.unit(&self.unit())?;
        let files = look.files(&self.specs())?;
        Ok(Observed { files, enabled: state.is_enabled(), active: state.is_active() })
    }

    fn footprint(&self) -> Footprint {
        let files = Footprint::of_files(&self.specs());
        files.with(Subject::Unit(self.unit())).settled_by(Settle::DaemonReload).settled_by(Settle::Restart(self.unit()))
    }

    fn apply(&self, system: &System) -> Result<(), Fault> {
        let ran = system.run(&["systemd-analyze", "calendar", &self.calendar])?;
        if !ran.ok() {
            let what = format!("`{}` is no time that systemd understands", self.calendar);
            let fault = Fault::new(FaultCode::Refused, what).because(ran.stderr.trim());
            return Err(fault.help("try it on the host with `systemd-analyze calendar`"));
        }
        let mut wrote = false;
        for spec in self.specs() {
            wrote |= system.write_file(&spec)?;
        }
        if wrote {
            system.systemctl(&["daemon-reload"])?;
        }
        system.systemctl(&["enable", &self.unit()])?;
        // A running timer keeps its old time until it is started anew.
        system.systemctl(&[if wrote { "restart" } else { "start" }, &self.unit()])?;
        confirm::took_effect(self, system)
    }

    fn units(&self) -> Vec<String> {
        vec![self.unit()]
    }
}
