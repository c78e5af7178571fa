//! Putting everything back, in the one order that works, and looking whether it is back.
//!
//! It goes on after a fault, since half an undo is worse than most of one, and tells of the first
//! fault at the end. It can be cut off and begun again: every part first looks what is there.

use super::{
    Entry, Footprint, Saved, Settle, Subject, Undo, accounts, containers, filter, folder, home, packages, paths, save,
    ssh_ports, units,
};
use crate::network_state::{self, Came, Packets, files};
use crate::system::files::Standing;
use crate::system::{Fault, FaultCode, System};

/// Puts everything back, lets it take effect, and looks again: what is not as it was is a fault
/// that names it. Doing it twice does no harm.
pub fn restore(system: &System, saved: &[Saved], settle: &[Settle], undo: Undo) -> Result<(), Fault> {
    let (tables, unread) = tables_now(system, saved);
    let running = units::running(system, saved);
    let mut faults = units::quieten(system, saved);
    faults.extend(unread);
    faults.extend(containers::quieten(system, saved));
    // Purging takes conffiles along, so it comes before the files are put back.
    faults.extend(each(saved, |saved| match saved {
        Saved::Packages(before) => packages::restore(system, before, undo),
        _ => Ok(()),
    }));
    faults.extend(each(saved, |saved| restore_accounts(system, saved)));
    faults.extend(restore_paths_of(system, saved, undo));
    faults.extend(restore_ssh_files(system, saved));
    faults.extend(each(saved, |saved| match saved {
        Saved::Home { path, before } => home::restore(system, path, before.as_ref()),
        Saved::Sysctl { name, value } => restore_sysctl(system, name, value.as_deref()),
        _ => Ok(()),
    }));
    // The deepest first, so that one is empty by the time that its turn comes.
    let folders: Vec<&Saved> = saved.iter().filter(|saved| matches!(saved, Saved::Folder { .. })).collect();
    faults.extend(folders.into_iter().rev().filter_map(|saved| folder::restore(system, saved, undo).err()));
    if settle.contains(&Settle::DaemonReload) {
        faults.extend(system.systemctl(&["daemon-reload"]).err());
    }
    // What an earlier undo told sshd beside its files must not overrule those that are back now.
    faults.extend(each(saved, |saved| match saved {
        Saved::SshPorts { .. } => ssh_ports::leave_to_files(system),
        _ => Ok(()),
    }));
    faults.extend(units::switch(system, saved));
    faults.extend(settle.iter().filter_map(|settle| run(system, settle).err()));
    if settle.contains(&Settle::Filter) {
        // A ufw that cannot load its rules turns itself off in its file.
        faults.extend(restore_paths_of(system, saved, undo));
    }
    faults.extend(units::wake(system, saved, undo, &running));
    faults.extend(each(saved, |saved| match saved {
        Saved::SshPorts { ports } => ssh_ports::keep(system, ports),
        _ => Ok(()),
    }));
    faults.extend(containers::wake(system, saved));
    // Last: starting ufw or Docker sets policies.
    faults.extend(each(saved, |saved| match saved {
        Saved::Filter(before) => filter::restore(system, before),
        _ => Ok(()),
    }));
    for saved in saved {
        if let Saved::Network(before) = saved {
            faults.extend(network_state::restore(system, before, came(undo)));
        }
    }
    for saved in saved {
        if let (Saved::Tables(before), Some(tables)) = (saved, &tables) {
            faults.extend(keep_tables(system, before, tables, settle));
        }
    }
    match faults.into_iter().next() {
        Some(fault) => Err(fault),
        None => verify(system, saved, undo),
    }
}

/// Does something that may take a filter away, and has the tables be there that there were before it.
pub(crate) fn keeping_tables(
    system: &System,
    original: &[Saved],
    settle: &[Settle],
    doing: impl FnOnce() -> Result<(), Fault>,
) -> Result<(), Fault> {
    let (tables, unread) = tables_now(system, original);
    doing()?;
    let mut faults: Vec<Fault> = unread.into_iter().collect();
    for saved in original {
        if let (Saved::Tables(before), Some(tables)) = (saved, &tables) {
            faults.extend(keep_tables(system, before, tables, settle));
        }
    }
    faults.into_iter().next().map_or(Ok(()), Err)
}

/// The packet filter before anything is stopped that may take it along.
fn tables_now(system: &System, saved: &[Saved]) -> (Option<Packets>, Option<Fault>) {
    match saved.iter().any(|saved| matches!(saved, Saved::Tables(_))) {
        true => {
            network_state::read_packets(system).map_or_else(|fault| (None, Some(fault)), |found| (Some(found), None))
        }
        false => (None, None),
    }
}

/// A filter that stops may flush those of others (`nftables.service` does, and `firewalld`). What was
/// there before it came is there afterwards, as it was just now; if it had gone then already, as it was.
fn keep_tables(system: &System, before: &Packets, now: &Packets, settle: &[Settle]) -> Vec<Fault> {
    let mut faults: Vec<Fault> = network_state::keep_packets(system, before, now).err().into_iter().collect();
    if settle.contains(&Settle::Filter) {
        // Its own rules are those of its files, which may be newer than the tables.
        faults.extend(filter::settle(system).err());
    }
    faults
}

/// The part of [`restore`] that asks nothing of a running system: accounts, files and homes. For a
/// boot that has not come far yet; the whole has to follow.
pub fn restore_on_disk(system: &System, saved: &[Saved]) -> Result<(), Fault> {
    let mut faults = each(saved, |saved| restore_accounts(system, saved));
    faults.extend(restore_paths(system, saved));
    faults.extend(restore_ssh_files(system, saved));
    faults.extend(each(saved, |saved| match saved {
        Saved::Home { path, before } => home::restore(system, path, before.as_ref()),
        Saved::Network(before) => network_state::restore_files(system, before).into_iter().next().map_or(Ok(()), Err),
        _ => Ok(()),
    }));
    faults.into_iter().next().map_or(Ok(()), Err)
}

fn each(saved: &[Saved], restore: impl Fn(&Saved) -> Result<(), Fault>) -> Vec<Fault> {
    saved.iter().filter_map(|saved| restore(saved).err()).collect()
}

fn restore_accounts(system: &System, saved: &Saved) -> Result<(), Fault> {
    match saved {
        Saved::Group { name, lines } if accounts::read_group(system, name)? != *lines => {
            accounts::restore_group(system, name, lines)
        }
        Saved::Account { name, lines } if accounts::read_account(system, name)? != *lines => {
            accounts::restore_account(system, name, lines)
        }
        _ => Ok(()),
    }
}

pub(crate) fn restore_paths(system: &System, saved: &[Saved]) -> Vec<Fault> {
    restore_paths_of(system, saved, Undo::Open)
}

/// Takes away from the deepest up, then puts back from the top down.
fn restore_paths_of(system: &System, saved: &[Saved], undo: Undo) -> Vec<Fault> {
    let entries: Vec<(&String, &Entry)> = saved
        .iter()
        .filter_map(|saved| match saved {
            Saved::Path { path, entry } | Saved::Secret { path, entry } => Some((path, entry)),
            _ => None,
        })
        .collect();
    let mut faults = Vec::new();
    for (path, entry) in entries.iter().rev() {
        faults.extend(paths::clear_candidate(system, path).err());
        if let Entry::Nothing { missing_parents } = entry {
            faults.extend(paths::clear(system, path, missing_parents, undo).err());
        }
    }
    for saved in saved {
        let (Saved::Path { path, entry } | Saved::Secret { path, entry }) = saved else { continue };
        let back = || match now(system, saved)? {
            Saved::Path { entry: now, .. } | Saved::Secret { entry: now, .. } if now == *entry => {
                paths::put_back_time(system, path, entry, &now)
            }
            _ => paths::put_back(system, path, entry),
        };
        faults.extend(back().err());
    }
    faults
}

fn restore_ssh_files(system: &System, saved: &[Saved]) -> Vec<Fault> {
    let of_ssh = saved.iter().filter_map(|saved| match saved {
        Saved::SshFiles { files } => Some(files),
        _ => None,
    });
    let restore = |before| match files::to_restore(system, files::SSH, before) {
        Ok(wanted) => restore_paths(system, &wanted),
        Err(fault) => vec![fault],
    };
    of_ssh.flat_map(|before| restore(before)).collect()
}

fn restore_sysctl(system: &System, name: &str, value: Option<&str>) -> Result<(), Fault> {
    match value {
        Some(value) if system.sysctl(name)?.as_deref() != Some(value) => system.set_sysctl(name, value),
        // A parameter that was not there came with a module; it has no former value.
        _ => Ok(()),
    }
}

fn run(system: &System, settle: &Settle) -> Result<(), Fault> {
    let if_running = |unit: &str, verb: &str| match system.unit(unit)?.is_active() {
        true => system.systemctl(&[verb, unit]),
        false => Ok(()),
    };
    match settle {
        Settle::DaemonReload => Ok(()),
        Settle::Reload(unit) => if_running(unit, "reload-or-restart"),
        Settle::Restart(unit) => if_running(unit, "restart"),
        Settle::Filter => filter::settle(system),
    }
}

fn now(system: &System, saved: &Saved) -> Result<Saved, Fault> {
    let again = save(system, &Footprint::of([saved.subject()]))?;
    let lost = || Fault::new(FaultCode::NotRestored, "a subject vanished");
    again.into_iter().next().ok_or_else(lost)
}

fn came(undo: Undo) -> Came {
    if undo == Undo::Open { Came::Goes } else { Came::Stays }
}

fn verify(system: &System, saved: &[Saved], undo: Undo) -> Result<(), Fault> {
    for before in saved {
        match before {
            Saved::Packages(before) => packages::verify(system, before)?,
            Saved::Filter(before) => filter::verify(system, before)?,
            Saved::Network(before) => network_state::verify(system, before, came(undo))?,
            Saved::SshFiles { files } => verify_ssh_files(system, files)?,
            Saved::Running { .. } if undo != Undo::Open => {}
            // Compared as they were put back: others may have changed them since.
            Saved::Tables(_) => {}
            // A folder that was kept.
            Saved::Path { path, entry: Entry::Nothing { .. } }
                if undo == Undo::Anyway && system.standing(path)? == Standing::Directory => {}
            _ => verify_one(system, before)?,
        }
    }
    Ok(())
}

fn verify_one(system: &System, before: &Saved) -> Result<(), Fault> {
    match as_before(before, &now(system, before)?) {
        true => Ok(()),
        false => {
            let what = format!("{} is not as it was", words(&before.subject()));
            Err(Fault::new(FaultCode::NotRestored, what).help("look at it on the host"))
        }
    }
}

fn verify_ssh_files(system: &System, before: &[Saved]) -> Result<(), Fault> {
    match files::differing(system, files::SSH, before)?.first() {
        None => Ok(()),
        Some(path) => {
            let what = format!("{path} is not as it was");
            Err(Fault::new(FaultCode::NotRestored, what).help("look at it on the host"))
        }
    }
}

fn as_before(before: &Saved, now: &Saved) -> bool {
    match (before, now) {
        (Saved::Path { entry: Entry::Nothing { .. }, .. }, Saved::Path { entry: Entry::Nothing { .. }, .. })
        | (Saved::Secret { entry: Entry::Nothing { .. }, .. }, Saved::Secret { entry: Entry::Nothing { .. }, .. }) => {
            true
        }
        // A home that somebody uses by now is kept.
        (Saved::Home { before: None, .. }, Saved::Home { .. }) => true,
        // One that has something in it is kept, and programs set the modes of their own folders.
        (Saved::Folder { .. }, Saved::Folder { .. }) => true,
        (Saved::Project { before, .. }, Saved::Project { before: now, .. }) => containers::as_before(before, now),
        (Saved::Sysctl { value: None, .. }, Saved::Sysctl { .. }) => true,
        // It may have been started since, by whoever it belongs to.
        (Saved::Running { active: false, .. }, Saved::Running { .. }) => true,
        // One more is no harm: whoever came by it is let out in good order.
        (Saved::SshPorts { ports: before }, Saved::SshPorts { ports }) => before.is_subset(ports),
        (before, now) => before == now,
    }
}

fn words(subject: &Subject) -> String {
    match subject {
        Subject::Path(path) | Subject::Secret(path) | Subject::Home(path) | Subject::Folder { path, .. } => {
            path.clone()
        }
        Subject::Project(project) => format!("the containers of {}", project.name),
        Subject::Account(name) => format!("the user {name}"),
        Subject::Group(name) => format!("the group {name}"),
        Subject::Unit(name) | Subject::Running(name) => format!("the unit {name}"),
        Subject::Sysctl(name) => format!("the kernel parameter {name}"),
        Subject::Packages => "the set of installed packages".into(),
        Subject::Filter => "the live packet filter".into(),
        Subject::Network => "the network".into(),
        Subject::Tables => "the tables of the packet filter".into(),
        Subject::SshFiles => "what sshd reads".into(),
        Subject::SshPorts => "the set of ports that sshd listens on".into(),
    }
}
