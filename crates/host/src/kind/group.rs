//! A Unix group.

use super::{HostKind, Look, confirm};
use crate::saved::{self, Footprint, Saved, Subject, Undo};
use crate::system::accounts::Accounts;
use crate::system::{Fault, System};
use piton_plan::kind::Group;
use piton_plan::kind::group::Observed;

impl HostKind for Group {
    fn observe(&self, _system: &System, look: &Look<'_>) -> Result<Observed, Fault> {
        Ok(Observed { gid: look.accounts()?.groups.get(&self.name).map(|entry| entry.gid) })
    }

    fn footprint(&self) -> Footprint {
        Footprint::of([Subject::Group(self.name.clone())])
    }

    fn apply(&self, system: &System) -> Result<(), Fault> {
        let there = Accounts::read(system)?.groups.get(&self.name).map(|entry| entry.gid);
        let gid = self.gid.map(|gid| gid.to_string());
        let mut argv = match there {
            None => vec!["groupadd"],
            Some(gid) if self.gid.is_none_or(|wanted| wanted == gid) => return Ok(()),
            Some(_) => vec!["groupmod"],
        };
        argv.extend(gid.iter().flat_map(|gid| ["--gid", gid]));
        if there.is_none() && self.system {
            argv.push("--system");
        }
        argv.extend(["--", &self.name]);
        system.run_ok(&argv)?;
        confirm::took_effect(self, system)
    }

    fn remove(&self, system: &System, original: &[Saved]) -> Result<(), Fault> {
        let was_there =
            original.iter().any(|saved| matches!(saved, Saved::Group { lines, .. } if lines.group.is_some()));
        if was_there {
            return saved::restore(system, original, &[], Undo::Later);
        }
        // Not by taking the line away: groupdel refuses while it is somebody's own group.
        match Accounts::read(system)?.groups.contains_key(&self.name) {
            true => system.run_ok(&["groupdel", "--", &self.name]).map(drop),
            false => Ok(()),
        }
    }
}
