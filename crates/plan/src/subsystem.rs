//! What of a host a step moves, and what of it a resource is seen through.
//!
//! A step looks at its resource once more before it runs. Where an earlier step of the same plan
//! moved what it would look at (a reload of ufw brings every rule into the kernel), that look
//! would find a host that the plan does not know, and the plan would be stale for ever. So only
//! the first step of a plan that has to do with a subsystem can look again. In doubt a step moves
//! more than it does: that costs a second look, and the first one, before the plan, is always there.

use crate::Resource;
use Subsystem::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subsystem {
    Packages,
    /// Who exists, by name and number, and so whose a file is.
    Accounts,
    /// Files and folders at paths that the site names.
    Paths,
    /// What systemd runs, and will run at boot.
    Units,
    /// Values of the running kernel.
    Kernel,
    /// ufw's files and the rules in the kernel.
    Filter,
    /// sshd's settings in force, and where it listens.
    Sshd,
    /// Docker's networks, containers and images.
    Docker,
}

const EVERYTHING: &[Subsystem] = &[Packages, Accounts, Paths, Units, Kernel, Filter, Sshd, Docker];

/// Whether an earlier step of a plan changes what is seen of a later one's resource.
pub(crate) fn is_seen_through(earlier: &Resource, later: &Resource) -> bool {
    earlier.key() == later.key() || moves(earlier).iter().any(|moved| seen_through(later).contains(moved))
}

/// What is not the same any more once the resource was made or taken away, besides itself.
fn moves(resource: &Resource) -> &'static [Subsystem] {
    match resource {
        // It brings files, users, units and rules of its own.
        Resource::Package(_) => EVERYTHING,
        // Nobody knows what a plain file configures, or what a unit does when it starts.
        Resource::File(_) | Resource::Unit(_) => &[Units, Kernel, Filter, Sshd],
        Resource::Link(_) => &[Paths, Units, Kernel, Filter, Sshd],
        Resource::Group(_) | Resource::User(_) => &[Accounts, Paths],
        Resource::AuthorizedKeys(_) | Resource::Directory(_) => &[Paths],
        Resource::Sysctl(_) => &[Kernel],
        // A new zone restarts those who keep time.
        Resource::Timer(_) | Resource::TimeZone(_) => &[Units],
        // They write filter rules of their own; Docker and WireGuard forward packets.
        Resource::Jail(_) | Resource::Wireguard(_) => &[Units, Kernel, Filter],
        Resource::DockerDaemon(_) => &[Units, Kernel, Filter, Docker],
        Resource::Stack(_) => &[Paths, Units, Kernel, Filter, Docker],
        // ufw has kernel values of its own, set whenever it loads.
        Resource::FilterRule(_) | Resource::FilterPolicy(_) => &[Units, Kernel, Filter],
        Resource::Sshd(_) => &[Units, Sshd],
        Resource::Sudoers(_) | Resource::Updates(_) | Resource::Cron(_) => &[],
    }
}

/// What may make the resource look otherwise.
fn seen_through(resource: &Resource) -> &'static [Subsystem] {
    match resource {
        Resource::Package(_) => &[Packages],
        Resource::Group(_) => &[Accounts],
        Resource::User(_)
        | Resource::AuthorizedKeys(_)
        | Resource::Directory(_)
        | Resource::File(_)
        | Resource::Link(_) => &[Accounts, Paths],
        // Files of piton's own choosing, where only a package puts others.
        Resource::Sudoers(_) | Resource::TimeZone(_) | Resource::Updates(_) | Resource::Cron(_) => &[Packages],
        Resource::Sysctl(_) => &[Packages, Kernel],
        Resource::Timer(_) | Resource::Unit(_) => &[Packages, Units],
        Resource::Jail(_) | Resource::DockerDaemon(_) | Resource::Wireguard(_) => &[Packages, Units],
        Resource::FilterRule(_) | Resource::FilterPolicy(_) => &[Packages, Units, Filter],
        Resource::Sshd(_) => &[Packages, Units, Sshd],
        Resource::Stack(_) => &[Packages, Accounts, Paths, Units, Docker],
    }
}
