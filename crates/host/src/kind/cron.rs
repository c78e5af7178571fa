//! An entry under /etc/cron.d. Cron looks there every minute, so nothing has to be told.

use super::{HostKind, Look, confirm};
use crate::saved::Footprint;
use crate::system::accounts::Accounts;
use crate::system::{Fault, FaultCode, System};
use piton_plan::kind::Cron;
use piton_plan::kind::cron::Observed;

impl HostKind for Cron {
    fn observe(&self, _system: &System, look: &Look<'_>) -> Result<Observed, Fault> {
        Ok(Observed { files: look.files(&[self.spec()])? })
    }

    fn footprint(&self) -> Footprint {
        Footprint::of_files(&[self.spec()])
    }

    fn apply(&self, system: &System) -> Result<(), Fault> {
        check(self, system)?;
        system.write_file(&self.spec())?;
        confirm::took_effect(self, system)
    }
}

/// Refuses what cron would pass over without a word to anyone.
fn check(wanted: &Cron, system: &System) -> Result<(), Fault> {
    let refused = |because: String| {
        Fault::new(FaultCode::Refused, format!("cron would not run {}", wanted.name)).because(because)
    };
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    if !wanted.name.chars().all(plain) {
        return Err(refused("it passes over names with anything but letters, digits, `-` and `_`".into()));
    }
    if [&wanted.schedule, &wanted.command, &wanted.user].iter().any(|part| part.contains('\n')) {
        return Err(refused("an entry is one line".into()));
    }
    let fields = wanted.schedule.split_whitespace().count();
    let named = wanted.schedule.starts_with('@') && fields == 1;
    if !named && fields != 5 {
        return Err(refused(format!("`{}` has {fields} fields, not five", wanted.schedule)));
    }
    match Accounts::read(system)?.users.contains_key(&wanted.user) {
        true => Ok(()),
        false => Err(refused(format!("this host has no user `{}`", wanted.user)).help("add the user to the site")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Host, cycle};
    use super::*;

    fn wanted(name: &str, schedule: &str, user: &str) -> Cron {
        let words = (name.to_owned(), schedule.to_owned(), user.to_owned());
        Cron { name: words.0, schedule: words.1, user: words.2, command: "true".into() }
    }

    #[test]
    fn it_comes_and_goes() {
        cycle(&Host::new(), &wanted("backup", "5 4 * * *", "ada"));
        cycle(&Host::new(), &wanted("backup", "@daily", "root"));
    }

    #[test]
    fn what_cron_would_pass_over_in_silence_is_refused() {
        let host = Host::new();
        for bad in
            [wanted("back.up", "@daily", "ada"), wanted("backup", "5 4 * *", "ada"), wanted("b", "@daily", "bob")]
        {
            assert_eq!(bad.apply(&host.system).unwrap_err().code, FaultCode::Refused);
        }
        assert!(!host.system.exists("/etc/cron.d"));
    }
}
