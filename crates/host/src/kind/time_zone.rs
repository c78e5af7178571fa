//! The host's time zone: the link /etc/localtime, and the name in /etc/timezone where there is one.

use super::{HostKind, Look, confirm};
use crate::saved::{Footprint, Settle, Subject};
use crate::system::accounts::Accounts;
use crate::system::{Fault, FaultCode, System};
use piton_plan::kind::TimeZone;
use piton_plan::kind::time_zone::Observed;

const LINK: &str = "/etc/localtime";
const NAME: &str = "/etc/timezone";
const ZONES: &str = "/usr/share/zoneinfo/";

/// They read the time zone once, when they start.
const READERS: [&str; 2] = ["cron.service", "rsyslog.service"];

impl HostKind for TimeZone {
    fn observe(&self, system: &System, _look: &Look<'_>) -> Result<Observed, Fault> {
        let linked = system.link_target(LINK)?.and_then(|target| zone_of(&target));
        let zone = match linked {
            Some(zone) => Some(zone),
            // A copy instead of a link does not say its name.
            None if system.exists(LINK) => system.read_text(NAME)?.map(|name| name.trim().to_owned()),
            None => None,
        };
        Ok(Observed { zone })
    }

    fn footprint(&self) -> Footprint {
        let paths = Footprint::of([LINK, NAME].map(|path| Subject::Path(path.into())));
        READERS.iter().fold(paths, |footprint, unit| footprint.settled_by(Settle::Restart((*unit).into())))
    }

    fn apply(&self, system: &System) -> Result<(), Fault> {
        let file = format!("{ZONES}{}", self.zone);
        let plain = !self.zone.split('/').any(|part| part.is_empty() || part == "..");
        if !plain || !system.path(&file).is_file() {
            return Err(Fault::new(FaultCode::Refused, format!("this host knows no time zone `{}`", self.zone))
                .help("`timedatectl list-timezones` names those that there are"));
        }
        if system.link_target(LINK)?.and_then(|target| zone_of(&target)).as_ref() != Some(&self.zone) {
            let (folder, name) = system.existing_folder_above(LINK)?;
            let accounts = Accounts::read(system)?;
            folder.replace_link(name, file.as_bytes(), (accounts.uid("root")?, accounts.gid("root")?))?;
        }
        // Debian's own; where it is not, nothing reads it.
        if system.exists(NAME) {
            system.write_file(&piton_plan::FileSpec::of_root(NAME, format!("{}\n", self.zone)))?;
        }
        for (unit, state) in system.units(&READERS)? {
            if state.is_active() {
                system.systemctl(&["restart", &unit])?;
            }
        }
        confirm::took_effect(self, system)
    }
}

/// `../usr/share/zoneinfo/Etc/UTC` is `Etc/UTC`.
fn zone_of(target: &str) -> Option<String> {
    target.split_once("/zoneinfo/").map(|(_, zone)| zone.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_read_from_where_the_link_points() {
        assert_eq!(zone_of("../usr/share/zoneinfo/Etc/UTC").as_deref(), Some("Etc/UTC"));
        assert_eq!(zone_of("/usr/share/zoneinfo/Europe/Paris").as_deref(), Some("Europe/Paris"));
        assert_eq!(zone_of("/elsewhere"), None);
    }
}
