//! The effects side of every kind of resource: observing, applying and taking back.
//!
//! One file per kind, of the same name as its pure half in `plan`'s `kind/`. A kind never decides
//! *whether* to do something: the plan has. To add one: its file here, its line in the macro
//! below. Undo is not written per kind; see [`crate::saved`].

mod authorized_keys;
mod candidate;
mod confirm;
mod cron;
mod directory;
mod docker_daemon;
mod file;
mod filter_policy;
mod filter_rule;
mod group;
mod jail;
mod link;
pub mod look;
mod package;
pub(crate) mod sshd;
pub(crate) mod stack;
mod sudoers;
mod sysctl;
#[cfg(test)]
mod testing;
mod time_zone;
mod timer;
pub(crate) mod ufw;
mod unit;
mod updates;
mod user;
pub mod wireguard;

pub use look::{Look, Slow};

use crate::guard::Leave;
use crate::saved::{self, Footprint, Saved, Settle, Subject, Undo};
use crate::system::{Fault, System};
use piton_plan::kind::Kind;
use piton_plan::{Key, Observed, Resource, ways_in};
use std::time::Duration;

/// What every kind of resource does on a host.
pub trait HostKind: Kind {
    /// Reads how the resource is now; cheap, and without any effect on the host.
    fn observe(&self, system: &System, look: &Look<'_>) -> Result<Self::Observed, Fault>;

    /// Every subject that apply or remove may touch, and how to settle once they are put back.
    fn footprint(&self) -> Footprint;

    /// Has the program itself read what it would be given, before anything at all is touched. One
    /// that an earlier step will bring is not there to be asked.
    fn preflight(&self, _system: &System) -> Result<(), Fault> {
        Ok(())
    }

    /// Makes it so. Doing it again changes nothing; what can be validated is, before it takes
    /// effect; and that it took effect is checked afterwards.
    fn apply(&self, system: &System) -> Result<(), Fault>;

    /// It left the site: gives back what was there before piton. `original` is the footprint as
    /// it was saved when piton first took the resource.
    fn remove(&self, system: &System, original: &[Saved]) -> Result<(), Fault> {
        saved::restore(system, &saved::lasting(original), &self.footprint().settle, Undo::Later)
    }

    /// The units that observing will ask for.
    fn units(&self) -> Vec<String> {
        Vec::new()
    }

    /// The slow answers that observing will ask for.
    fn slow(&self) -> &'static [Slow] {
        &[]
    }
}

/// Runs the same expression for whichever kind a resource is.
macro_rules! for_each_kind {
    ($resource:expr, $wanted:ident => $body:expr) => {
        match $resource {
            Resource::Package($wanted) => $body,
            Resource::Group($wanted) => $body,
            Resource::User($wanted) => $body,
            Resource::AuthorizedKeys($wanted) => $body,
            Resource::Sudoers($wanted) => $body,
            Resource::Directory($wanted) => $body,
            Resource::File($wanted) => $body,
            Resource::Link($wanted) => $body,
            Resource::Sysctl($wanted) => $body,
            Resource::TimeZone($wanted) => $body,
            Resource::Updates($wanted) => $body,
            Resource::Wireguard($wanted) => $body,
            Resource::DockerDaemon($wanted) => $body,
            Resource::Cron($wanted) => $body,
            Resource::Timer($wanted) => $body,
            Resource::Unit($wanted) => $body,
            Resource::FilterRule($wanted) => $body,
            Resource::FilterPolicy($wanted) => $body,
            Resource::Sshd($wanted) => $body,
            Resource::Jail($wanted) => $body,
            Resource::Stack($wanted) => $body,
        }
    };
}

/// The ports on which sshd really listens, itself or through its socket unit.
pub(crate) fn ssh_ports(system: &System) -> Result<std::collections::BTreeSet<u16>, Fault> {
    sshd::ports(system)
}

/// Looks at all of these resources at once.
pub fn observe_all(system: &System, resources: &[Resource]) -> Result<Vec<(Key, Observed)>, Fault> {
    let mut units: Vec<String> = resources.iter().flat_map(units_of).collect();
    units.sort();
    units.dedup();
    let mut slow: Vec<Slow> = resources.iter().flat_map(slow_of).copied().collect();
    slow.sort();
    slow.dedup();
    let look = Look::new(system, units, &slow);
    resources.iter().map(|resource| Ok((resource.key(), observe(system, &look, resource)?))).collect()
}

fn observe(system: &System, look: &Look<'_>, resource: &Resource) -> Result<Observed, Fault> {
    for_each_kind!(resource, wanted => wanted.observe(system, look).map(Observed::from))
}

fn units_of(resource: &Resource) -> Vec<String> {
    for_each_kind!(resource, wanted => wanted.units())
}

fn slow_of(resource: &Resource) -> &'static [Slow] {
    for_each_kind!(resource, wanted => wanted.slow())
}

/// What a filter or a network that comes by itself may take along.
fn with_network(footprint: Footprint) -> Footprint {
    let beside = ways_in::beside_a_filter().map(|unit| Subject::Running(unit.to_owned()));
    beside.fold(footprint.with(Subject::Network), Footprint::with).settled_by(Settle::Filter)
}

pub fn footprint(resource: &Resource) -> Footprint {
    for_each_kind!(resource, wanted => wanted.footprint())
}

/// Whether the programs that a resource is for would take it.
pub fn preflight(system: &System, resource: &Resource) -> Result<(), Fault> {
    for_each_kind!(resource, wanted => wanted.preflight(system))
}

/// How long making or taking back one resource may take. The guard waits so long for it.
pub fn patience(resource: &Resource) -> Duration {
    match resource {
        Resource::Package(_) => package::PATIENCE * 2,
        Resource::Stack(stack) => stack::patience(stack),
        // A file alone takes no time; a unit that reloads it, as long as systemd lets one.
        Resource::File(file) if file.reloads.is_empty() => AT_ONCE,
        Resource::Group(_)
        | Resource::AuthorizedKeys(_)
        | Resource::Sudoers(_)
        | Resource::Directory(_)
        | Resource::Link(_)
        | Resource::Sysctl(_)
        | Resource::Cron(_)
        | Resource::FilterRule(_)
        | Resource::FilterPolicy(_) => AT_ONCE,
        Resource::File(_)
        | Resource::User(_)
        | Resource::TimeZone(_)
        | Resource::Wireguard(_)
        | Resource::Timer(_)
        | Resource::Unit(_)
        | Resource::Sshd(_)
        | Resource::Jail(_)
        | Resource::Updates(_) => UNITS_START,
        // It loads all of its containers anew.
        Resource::DockerDaemon(_) => Duration::from_secs(300),
    }
}

/// For what takes a second on a slow machine. Somebody may be shut out meanwhile.
const AT_ONCE: Duration = Duration::from_secs(30);

/// systemd gives a unit 90 seconds to start or to stop.
const UNITS_START: Duration = Duration::from_secs(120);

/// Makes resources be as they shall, with leave to do so. More than one only for packages, which
/// then are one transaction of apt's; others are made one after the other.
pub fn apply(system: &System, _leave: &Leave, resources: &[&Resource]) -> Result<(), Fault> {
    let packages: Vec<&str> = resources.iter().filter_map(|resource| package_name(resource)).collect();
    if !packages.is_empty() {
        package::install(system, &packages)?;
    }
    for resource in resources.iter().filter(|resource| package_name(resource).is_none()) {
        for_each_kind!(resource, wanted => wanted.apply(system))?;
    }
    Ok(())
}

fn package_name(resource: &Resource) -> Option<&str> {
    match resource {
        Resource::Package(package) => Some(&package.name),
        _ => None,
    }
}

/// Takes back what piton made: the host gets what was there before.
pub fn remove(system: &System, _leave: &Leave, resource: &Resource, original: &[Saved]) -> Result<(), Fault> {
    for_each_kind!(resource, wanted => wanted.remove(system, original))
}

#[cfg(test)]
mod tests {
    use super::*;
    use piton_plan::FileSpec;
    use piton_plan::kind::{File, Package};

    #[test]
    fn a_step_that_takes_a_moment_holds_the_guard_up_for_less_than_one_that_starts_something() {
        let file = |reloads: &[&str]| -> Resource {
            let reloads = reloads.iter().map(|unit| (*unit).to_owned()).collect();
            File { file: FileSpec::of_root("/etc/a", ""), reloads }.into()
        };
        let package: Resource = Package { name: "git".into() }.into();
        let waits = [file(&[]), file(&["a.service"]), package].map(|resource| patience(&resource));
        assert!(waits.is_sorted() && waits[0] <= Duration::from_secs(30), "{waits:?}");
        // systemd gives a unit 90 s by itself.
        assert!(waits[1] > Duration::from_secs(90), "{waits:?}");
    }
}
