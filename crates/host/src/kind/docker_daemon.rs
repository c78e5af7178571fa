//! The Docker daemon's own settings.

use super::candidate::Candidate;
use super::{HostKind, Look, confirm};
use crate::saved::{Footprint, Settle, Subject};
use crate::system::{Fault, FaultCode, System};
use piton_plan::kind::DockerDaemon;
use piton_plan::kind::docker_daemon::Observed;
use std::time::Duration;

const UNIT: &str = "docker.service";
const SOCKET: &str = "docker.socket";

impl HostKind for DockerDaemon {
    fn observe(&self, _system: &System, look: &Look<'_>) -> Result<Observed, Fault> {
        let files = look.files(&[self.spec()])?;
        Ok(Observed { files, running: look.unit(UNIT)?.is_active() })
    }

    fn footprint(&self) -> Footprint {
        let file = Footprint::of_files(&[self.spec()]);
        file.with(Subject::Unit(UNIT.into())).settled_by(Settle::Restart(UNIT.into()))
    }

    fn apply(&self, system: &System) -> Result<(), Fault> {
        validate(self, system)?;
        let running = system.unit(UNIT)?.is_active();
        let wrote = system.write_file(&self.spec())?;
        if wrote || !running {
            start_anew(system, running)?;
        }
        confirm::took_effect_within(self, system, Duration::from_secs(10))
    }

    fn units(&self) -> Vec<String> {
        vec![UNIT.into()]
    }
}

fn start_anew(system: &System, running: bool) -> Result<(), Fault> {
    // A socket unit that outlived an earlier installation hands nothing over; Docker starts its own.
    if !running && system.unit(SOCKET)?.is_loaded() {
        system.systemctl(&["stop", SOCKET])?;
    }
    system.systemctl(&["restart", UNIT])
}

/// A daemon.json that dockerd refuses takes down every container at the next restart.
fn validate(wanted: &DockerDaemon, system: &System) -> Result<(), Fault> {
    let refused = |because: &str| {
        let what = "Docker would not start with this daemon.json";
        Err(Fault::new(FaultCode::Refused, what).because(because))
    };
    if let Err(error) = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&wanted.content) {
        return refused(&error.to_string());
    }
    if system.program("dockerd").is_none() {
        let fault = Fault::new(FaultCode::MissingProgram, "Docker is not installed on this host");
        return Err(fault.help("add Docker's package to the host's packages"));
    }
    let candidate = Candidate::make(system, "docker")?;
    let path = candidate.add(system, "daemon.json", &wanted.content)?;
    let ran = system.run(&["dockerd", "--validate", &format!("--config-file={path}")])?;
    // Before 23.0 there is no such option; then the restart has to tell.
    match ran.ok() || ran.stderr.contains("unknown flag") {
        true => Ok(()),
        false => refused(&candidate.as_if_in("/etc/docker", &ran.last_words().unwrap_or_default())),
    }
}
