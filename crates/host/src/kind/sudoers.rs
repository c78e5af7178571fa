//! A file under /etc/sudoers.d, which visudo has read before sudo does.

use super::candidate::Candidate;
use super::{HostKind, Look, confirm};
use crate::saved::Footprint;
use crate::system::{Fault, FaultCode, System};
use piton_plan::kind::Sudoers;
use piton_plan::kind::sudoers::Observed;

impl HostKind for Sudoers {
    fn observe(&self, _system: &System, look: &Look<'_>) -> Result<Observed, Fault> {
        Ok(Observed { files: look.files(&[self.file()])? })
    }

    fn footprint(&self) -> Footprint {
        Footprint::of_files(&[self.file()])
    }

    fn preflight(&self, system: &System) -> Result<(), Fault> {
        match system.program("visudo") {
            Some(_) => validate(self, system),
            None => Ok(()),
        }
    }

    fn apply(&self, system: &System) -> Result<(), Fault> {
        validate(self, system)?;
        system.write_file(&self.file())?;
        confirm::took_effect(self, system)
    }
}

fn validate(wanted: &Sudoers, system: &System) -> Result<(), Fault> {
    let refused = |because: String| {
        Fault::new(FaultCode::Refused, format!("sudo would not take {}", wanted.file().path)).because(because)
    };
    if wanted.name.contains(['.', '~', '/']) {
        return Err(refused("it passes over names with a dot or a tilde".into()).help("choose a plain name"));
    }
    let candidate = Candidate::make(system, "sudoers")?;
    let path = candidate.add(system, &wanted.name, &wanted.content)?;
    let ran = system.run(&["visudo", "--check", "--file", &path])?;
    let words = ran.last_words().unwrap_or_default();
    match ran.ok() {
        true => Ok(()),
        false => Err(refused(candidate.as_if_in("/etc/sudoers.d", &words))
            .help("nothing was changed: mend the rule in the site")),
    }
}
