//! The files that a blueprint would write, for reading them without a host.
//!
//! What a file says is its kind's to decide; here is only which kinds have any.

use piton_plan::stack::Stack;
use piton_plan::{FileSpec, Resource, Wanted};

/// Every file that the resources would write, in the order of their paths.
pub fn render(wanted: &Wanted) -> Vec<FileSpec> {
    let mut found: Vec<FileSpec> = wanted.resources.iter().flat_map(files).collect();
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// Every file of the stacks, with marks where secrets belong, in the order of their paths.
pub fn render_stacks(stacks: &[Stack]) -> Vec<FileSpec> {
    let mut found: Vec<FileSpec> = stacks.iter().flat_map(|stack| &stack.files).map(|file| file.file.clone()).collect();
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// The same files, each with the section of the site that it is made of.
pub fn render_by_section(wanted: &Wanted) -> Vec<(&'static str, FileSpec)> {
    let of = |resource| files(resource).into_iter().map(move |file| (section(resource), file));
    wanted.resources.iter().flat_map(of).collect()
}

/// The files that one resource would write.
pub fn render_resource(resource: &Resource) -> Vec<FileSpec> {
    files(resource)
}

fn section(resource: &Resource) -> &'static str {
    match resource {
        Resource::AuthorizedKeys(_) | Resource::Sudoers(_) | Resource::User(_) | Resource::Group(_) => "access",
        Resource::Sysctl(_) => "sysctl",
        Resource::Updates(_) => "updates",
        Resource::Wireguard(_) => "mesh",
        Resource::DockerDaemon(_) => "docker",
        Resource::Cron(_) => "cron",
        Resource::Timer(_) => "timers",
        Resource::Sshd(_) => "ssh",
        Resource::Jail(_) => "fail2ban",
        Resource::FilterRule(_) | Resource::FilterPolicy(_) => "filter",
        Resource::Directory(_) => "directories",
        Resource::File(_) => "files",
        Resource::Link(_) => "links",
        Resource::Unit(_) => "units",
        Resource::Stack(_) => "services",
        Resource::Package(_) | Resource::TimeZone(_) => "site",
    }
}

/// The paths that a resource claims for itself.
pub(crate) fn paths(resource: &Resource) -> Vec<String> {
    match resource {
        Resource::Directory(directory) => vec![directory.path.clone()],
        Resource::Link(link) => vec![link.path.clone()],
        _ => files(resource).into_iter().map(|file| file.path).collect(),
    }
}

/// The files of one resource; every kind is named, so that a new one is not forgotten.
fn files(resource: &Resource) -> Vec<FileSpec> {
    match resource {
        Resource::AuthorizedKeys(keys) => vec![FileSpec {
            path: format!("{}/.ssh/authorized_keys", keys.home),
            content: keys.keys.iter().map(|key| format!("{key}\n")).collect(),
            owner: keys.user.clone(),
            group: keys.user.clone(),
            mode: piton_plan::Mode(0o600),
        }],
        Resource::Sudoers(sudoers) => vec![sudoers.file()],
        Resource::File(file) => vec![file.file.clone()],
        Resource::Sysctl(sysctl) => vec![sysctl.spec()],
        Resource::Updates(updates) => updates.files.clone(),
        Resource::Wireguard(wireguard) => vec![wireguard.spec()],
        Resource::DockerDaemon(daemon) => vec![daemon.spec()],
        Resource::Cron(cron) => vec![cron.spec()],
        Resource::Timer(timer) => timer.specs(),
        Resource::Sshd(sshd) => sshd.files(),
        Resource::Jail(jail) => vec![jail.spec()],
        Resource::Stack(stack) => stack.files.iter().map(|file| file.file.clone()).collect(),
        Resource::Package(_)
        | Resource::Group(_)
        | Resource::User(_)
        | Resource::Directory(_)
        | Resource::Link(_)
        | Resource::TimeZone(_)
        | Resource::Unit(_)
        | Resource::FilterRule(_)
        | Resource::FilterPolicy(_) => Vec::new(),
    }
}
