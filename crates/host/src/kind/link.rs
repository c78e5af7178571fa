//! A symbolic link.

use super::{HostKind, Look};
use crate::saved::{Footprint, Subject};
use crate::system::accounts::Accounts;
use crate::system::files::{Standing, in_the_way};
use crate::system::{Fault, System};
use piton_plan::kind::Link;
use piton_plan::kind::link::Observed;

impl HostKind for Link {
    fn observe(&self, system: &System, _look: &Look<'_>) -> Result<Observed, Fault> {
        let standing = match system.standing(&self.path) {
            Err(fault) => return Ok(Observed { target: None, other: Some(fault.in_the_way().ok_or(fault)?) }),
            Ok(standing) => standing,
        };
        Ok(match standing {
            Standing::Nothing => Observed::default(),
            Standing::Link => Observed { target: system.link_target(&self.path)?, other: None },
            other => Observed { target: None, other: Some(other.word().to_owned()) },
        })
    }

    fn footprint(&self) -> Footprint {
        Footprint::of([Subject::Path(self.path.clone())])
    }

    fn apply(&self, system: &System) -> Result<(), Fault> {
        match system.standing(&self.path)? {
            // The plan said that a file would give way to a link.
            Standing::Nothing | Standing::Link | Standing::File => {}
            other => return Err(in_the_way(&self.path, other, "link")),
        }
        if system.link_target(&self.path)?.as_deref() == Some(&self.target) {
            return Ok(());
        }
        let accounts = Accounts::read(system)?;
        system.make_parents(&self.path)?;
        let (folder, name) = system.existing_folder_above(&self.path)?;
        folder.replace_link(name, self.target.as_bytes(), (accounts.uid("root")?, accounts.gid("root")?))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Host, cycle};
    use super::*;

    #[test]
    fn a_link_that_a_user_put_on_the_way_is_seen_and_not_followed() {
        let host = Host::new();
        if host.strangers_link("/srv/app") {
            let wanted = Link { path: "/srv/app/current".into(), target: "new".into() };
            assert_eq!(host.observe(&wanted).other.as_deref(), Some("link on the way"));
            assert!(wanted.apply(&host.system).is_err());
        }
    }

    #[test]
    fn it_comes_and_goes_and_gives_a_file_back() {
        let wanted = Link { path: "/etc/app/current".into(), target: "../passwd".into() };
        let host = Host::new();
        cycle(&host, &wanted);
        host.write("/etc/app/current", "a file");
        cycle(&host, &wanted);
        assert_eq!(host.system.read_text("/etc/app/current").unwrap().as_deref(), Some("a file"));
    }
}
