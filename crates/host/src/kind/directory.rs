//! A directory with its owner and mode. What is in it is left alone, also when it leaves the site.

use super::{HostKind, Look};
use crate::saved::{self, Entry, Footprint, Saved, Subject, Undo};
use crate::system::accounts::Accounts;
use crate::system::files::{Standing, in_the_way};
use crate::system::folder::Access;
use crate::system::{Fault, System};
use piton_plan::Mode;
use piton_plan::kind::Directory;
use piton_plan::kind::directory::{Observed, State};

impl HostKind for Directory {
    fn observe(&self, system: &System, look: &Look<'_>) -> Result<Observed, Fault> {
        let stat = match system.stat(&self.path) {
            Err(fault) => return Ok(Observed { state: None, other: Some(fault.in_the_way().ok_or(fault)?) }),
            Ok(stat) => stat,
        };
        let accounts = look.accounts()?;
        Ok(match (Standing::of(stat.as_ref()), stat) {
            (Standing::Directory, Some(stat)) => {
                let owner = accounts.user_name(stat.st_uid);
                let group = accounts.group_name(stat.st_gid);
                let state = State { owner, group, mode: Mode(stat.st_mode & 0o7777) };
                Observed { state: Some(state), other: None }
            }
            (Standing::Nothing, _) | (_, None) => Observed::default(),
            (other, Some(_)) => Observed { state: None, other: Some(other.word().to_owned()) },
        })
    }

    fn footprint(&self) -> Footprint {
        Footprint::of([Subject::Path(self.path.clone())])
    }

    fn apply(&self, system: &System) -> Result<(), Fault> {
        match system.standing(&self.path)? {
            Standing::Nothing | Standing::Directory => {}
            other => return Err(in_the_way(&self.path, other, "directory")),
        }
        let accounts = Accounts::read(system)?;
        let access = Access::new(accounts.uid(&self.owner)?, accounts.gid(&self.group)?, self.mode.0);
        system.make_parents(&self.path)?;
        let (above, name) = system.existing_folder_above(&self.path)?;
        above.make(name, &access).map(drop)
    }

    fn remove(&self, system: &System, original: &[Saved]) -> Result<(), Fault> {
        if let Some(Entry::Nothing { .. }) = saved::entry(original, &self.path)
            && let Some((above, name)) = system.folder_above(&self.path)?
            && system.standing(&self.path)? == Standing::Directory
            && !above.remove_empty(name)?
        {
            // Somebody put something in it, so it is theirs now.
            return Ok(());
        }
        saved::restore(system, original, &[], Undo::Later)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Host, cycle};
    use super::*;

    fn wanted() -> Directory {
        Directory { path: "/srv/data".into(), owner: "root".into(), group: "root".into(), mode: Mode(0o2750) }
    }

    #[test]
    fn it_comes_and_goes() {
        cycle(&Host::new(), &wanted());
    }

    #[test]
    fn one_that_was_there_gets_its_mode_back() {
        let host = Host::new();
        std::fs::create_dir_all(host.place("/srv/data/theirs")).unwrap();
        cycle(&host, &wanted());
        assert!(host.system.exists("/srv/data/theirs"));
    }

    #[test]
    fn a_link_that_a_user_put_on_the_way_is_seen_and_not_followed() {
        let host = Host::new();
        if host.strangers_link("/srv") {
            assert_eq!(host.observe(&wanted()).other.as_deref(), Some("link on the way"));
            assert!(wanted().apply(&host.system).is_err());
        }
    }

    #[test]
    fn one_that_is_used_by_now_stays_when_it_leaves_the_site() {
        let host = Host::new();
        let before = saved::save(&host.system, &wanted().footprint()).unwrap();
        wanted().apply(&host.system).unwrap();
        host.write("/srv/data/theirs", "");
        wanted().remove(&host.system, &before).unwrap();
        assert!(host.system.exists("/srv/data/theirs"));
    }
}
