//! fail2ban's local jails.

use super::candidate::Candidate;
use super::{HostKind, Look, confirm};
use crate::saved::{Footprint, Settle, Subject};
use crate::system::{Fault, FaultCode, System};
use piton_plan::kind::Jail;
use piton_plan::kind::jail::Observed;
use std::time::{Duration, Instant};

const UNIT: &str = "fail2ban.service";
const FOLDER: &str = "/etc/fail2ban";

/// fail2ban answers after it has read its filters, which takes a slow machine some seconds.
const PATIENCE: Duration = Duration::from_secs(20);

impl HostKind for Jail {
    fn observe(&self, _system: &System, look: &Look<'_>) -> Result<Observed, Fault> {
        let state = look.unit(UNIT)?;
        let files = look.files(&[self.spec()])?;
        Ok(Observed { files, enabled: state.is_enabled(), active: state.is_active() })
    }

    fn footprint(&self) -> Footprint {
        let file = Footprint::of_files(&[self.spec()]);
        file.with(Subject::Unit(UNIT.into())).settled_by(Settle::Restart(UNIT.into()))
    }

    fn apply(&self, system: &System) -> Result<(), Fault> {
        validate(self, system)?;
        let state = system.unit(UNIT)?;
        if state.is_masked() {
            system.systemctl(&["unmask", UNIT])?;
        }
        let wrote = system.write_file(&self.spec())?;
        if !state.is_enabled() {
            system.systemctl(&["enable", UNIT])?;
        }
        // A reload keeps who is banned; a restart would ban them all again, one by one.
        match (state.is_active(), wrote) {
            (true, true) => system.systemctl(&["reload", UNIT])?,
            (true, false) => {}
            (false, _) => {
                system.systemctl(&["start", UNIT])?;
            }
        }
        answers(system)?;
        confirm::took_effect(self, system)
    }

    fn units(&self) -> Vec<String> {
        vec![UNIT.into()]
    }
}

/// Lets fail2ban read the whole configuration with the new file in it.
fn validate(wanted: &Jail, system: &System) -> Result<(), Fault> {
    if !system.exists(FOLDER) {
        let fault = Fault::new(FaultCode::MissingProgram, "fail2ban is not installed on this host");
        return Err(fault.help("add `fail2ban` to the host's packages"));
    }
    let candidate = Candidate::make(system, "jail")?;
    candidate.mirror(system, FOLDER, ".", "jail.local")?;
    candidate.add(system, "jail.local", &wanted.content)?;
    let ran = system.run(&["fail2ban-client", "-c", candidate.path(), "--test"])?;
    match ran.ok() {
        true => Ok(()),
        false => {
            let said = format!("{}\n{}", ran.stderr, ran.stdout);
            let fault = Fault::new(FaultCode::Refused, "fail2ban would not start with these jails");
            Err(fault.because(candidate.as_if_in(FOLDER, &errors(&said))))
        }
    }
}

/// What fail2ban says is wrong, without its time stamps and its last word, that there was an error.
fn errors(said: &str) -> String {
    let errors = said.lines().filter_map(|line| line.split_once("ERROR   ")).map(|(_, error)| error.trim());
    let telling: Vec<&str> = errors.filter(|error| !error.starts_with("ERROR:")).take(3).collect();
    match telling.is_empty() {
        true => said.lines().next_back().unwrap_or_default().trim().to_owned(),
        false => telling.join("; "),
    }
}

/// Waits until the server answers: its unit is active well before it is.
fn answers(system: &System) -> Result<(), Fault> {
    let end = Instant::now() + PATIENCE;
    loop {
        let ran = system.run(&["fail2ban-client", "ping"])?;
        if ran.ok() {
            return Ok(());
        }
        if Instant::now() >= end {
            let fault = Fault::new(FaultCode::NotEffective, "fail2ban was started, and does not answer");
            return Err(fault.because(ran.stderr.trim()).help("see `journalctl -u fail2ban` on the host"));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_comes_without_time_stamps() {
        let said = "2026-11-21 11:06:40,368 fail2ban.configreader   [3546]: WARNING 'allowipv6' not defined\n\
            2026-11-21 11:06:40,368 fail2ban.jailreader     [3546]: ERROR   Unable to read the filter 'nosuch'\n\
            2026-11-21 11:06:40,371 fail2ban                [3546]: ERROR   ERROR: test configuration failed\n";
        assert_eq!(errors(said), "Unable to read the filter 'nosuch'");
        assert_eq!(errors("something else\n"), "something else");
    }
}
