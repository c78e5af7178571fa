//! Packages of the distribution, all wanted ones in one transaction of apt's.

mod lists;

use super::{HostKind, Look, Slow};
use crate::saved::{self, Footprint, Saved, Subject, packages};
use crate::system::packages::{Packages, rehearse};
use crate::system::{Call, Fault, FaultCode, System};
use piton_plan::kind::Package;
use piton_plan::kind::package::Observed;
use piton_plan::ways_in;
use std::collections::BTreeMap;
use std::time::Duration;

/// A slow mirror and a slow disk, and yet not for ever.
pub(super) const PATIENCE: Duration = Duration::from_secs(1800);

impl HostKind for Package {
    fn observe(&self, _system: &System, look: &Look<'_>) -> Result<Observed, Fault> {
        Ok(Observed { version: look.packages()?.version(&self.name).map(str::to_owned) })
    }

    fn footprint(&self) -> Footprint {
        match ways_in::changes_network(&self.name) {
            // What apt takes away again does not bring back the rules that it had replaced.
            true => super::with_network(Footprint::of([Subject::Packages])),
            false => Footprint::of([Subject::Packages]),
        }
    }

    fn apply(&self, system: &System) -> Result<(), Fault> {
        install(system, &[&self.name])
    }

    /// Takes the package away, and what came only with it. Its configuration and data stay: some
    /// packages delete a database when they are purged.
    fn remove(&self, system: &System, original: &[Saved]) -> Result<(), Fault> {
        let settle = self.footprint().settle;
        saved::keeping_tables(system, original, &settle, || take_away(&self.name, system, original))
    }

    fn slow(&self) -> &'static [Slow] {
        &[Slow::Packages]
    }
}

fn take_away(name: &str, system: &System, original: &[Saved]) -> Result<(), Fault> {
    let was_there = installed_originally(original);
    let there = Packages::read(system)?;
    if was_there.contains_key(name) || there.version(name).is_none() {
        return Ok(());
    }
    let gone = rehearse(system, "Remv", &["remove", "--", name])?;
    if gone.len() > 1 {
        // Others need it by now: it goes with the last of them.
        return system.run_ok(&["apt-mark", "auto", name]).map(drop);
    }
    let words = [&["remove", "--auto-remove"], &ONLY_NEEDED[..], &["--", name]].concat();
    let with_it = rehearse(system, "Remv", &words)?;
    let names: Vec<&str> = with_it.iter().map(String::as_str).filter(|name| !was_there.contains_key(*name)).collect();
    packages::announce_removal(system, names.iter().copied())?;
    apt_get(system, &["remove", "--option=APT::Get::AutomaticRemove=false"], &names)
}

/// What came as a dependency goes, even where another package would be glad to have it.
const ONLY_NEEDED: [&str; 2] =
    ["--option=APT::AutoRemove::RecommendsImportant=false", "--option=APT::AutoRemove::SuggestsImportant=false"];

/// Installs packages as one transaction of apt's.
pub(super) fn install(system: &System, names: &[&str]) -> Result<(), Fault> {
    let there = Packages::read(system)?;
    let missing: Vec<&str> = names.iter().copied().filter(|name| there.version(name).is_none()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    finish_interrupted(system)?;
    lists::refresh(system, &missing)?;
    // An install that would take another package away was in no plan.
    let words = ["install", "--no-install-recommends", "--no-remove"];
    let rehearsal: Vec<&str> = words.iter().chain(&["--"]).chain(&missing).copied().collect();
    // Written down before they come: an undo takes these away and no others.
    packages::announce(system, rehearse(system, "Inst", &rehearsal)?)?;
    apt_get(system, &words, &missing)?;
    let there = Packages::read(system)?;
    match missing.iter().find(|name| there.version(name).is_none()) {
        None => Ok(()),
        Some(name) => {
            let what = format!("apt installed something else for {name}: no package has exactly this name");
            Err(Fault::new(FaultCode::NotEffective, what).help("name the package that provides it"))
        }
    }
}

/// Lets dpkg finish what a crash interrupted: until then it refuses everything else.
fn finish_interrupted(system: &System) -> Result<(), Fault> {
    let journal = std::fs::read_dir(system.path("/var/lib/dpkg/updates"));
    if journal.is_ok_and(|mut entries| entries.next().is_none()) {
        return Ok(());
    }
    let argv = ["dpkg", "--force-confdef", "--force-confold", "--configure", "--pending"];
    system.call_ok(&unattended(&argv)).map(drop)
}

fn apt_get(system: &System, words: &[&str], names: &[&str]) -> Result<(), Fault> {
    let quiet = ["apt-get", "--quiet", "--assume-yes", "--option=DPkg::Lock::Timeout=300"];
    let keep = ["--option=Dpkg::Options::=--force-confdef", "--option=Dpkg::Options::=--force-confold"];
    let argv: Vec<&str> = quiet.iter().chain(&keep).chain(words).chain(&["--"]).chain(names).copied().collect();
    system.call_ok(&unattended(&argv)).map(drop)
}

/// A call that asks nobody anything and restarts nothing on its own.
fn unattended(argv: &[&str]) -> Call {
    Call::new(argv)
        .environment("DEBIAN_FRONTEND", "noninteractive")
        .environment("APT_LISTCHANGES_FRONTEND", "none")
        .environment("UCF_FORCE_CONFFOLD", "1")
        .environment("NEEDRESTART_SUSPEND", "1")
        .deadline(PATIENCE)
        .lines()
}

fn installed_originally(original: &[Saved]) -> BTreeMap<String, String> {
    let packages = original.iter().find_map(|saved| match saved {
        Saved::Packages(packages) => Some(packages.installed.clone()),
        _ => None,
    });
    packages.unwrap_or_default()
}
