//! Automatic security updates: the files that unattended-upgrades and apt's timers read.

use super::candidate::Candidate;
use super::{HostKind, Look, confirm};
use crate::saved::Footprint;
use crate::system::{Fault, FaultCode, System};
use piton_plan::kind::Updates;
use piton_plan::kind::updates::Observed;

impl HostKind for Updates {
    fn observe(&self, _system: &System, look: &Look<'_>) -> Result<Observed, Fault> {
        Ok(Observed { files: look.files(&self.files)? })
    }

    fn footprint(&self) -> Footprint {
        Footprint::of_files(&self.files)
    }

    /// apt reads these files on every run of any of its tools, so a broken one breaks them all.
    fn apply(&self, system: &System) -> Result<(), Fault> {
        for spec in &self.files {
            let candidate = Candidate::make(system, "updates")?;
            let (folder, name) = spec.path.rsplit_once('/').unwrap_or(("", &spec.path));
            let path = candidate.add(system, name, &spec.content)?;
            let ran = system.run(&["apt-config", "--config-file", &path, "dump"])?;
            if !ran.ok() {
                let what = format!("apt cannot read what {} would hold", spec.path);
                return Err(Fault::new(FaultCode::Refused, what)
                    .because(candidate.as_if_in(folder, &ran.last_words().unwrap_or_default())));
            }
        }
        for spec in &self.files {
            system.write_file(spec)?;
        }
        confirm::took_effect(self, system)
    }
}
