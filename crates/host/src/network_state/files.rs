//! The files that say how the network shall be, sources and what is generated from them; and, for a
//! command that may do anything, those that say who gets in by ssh.
//!
//! Both, since a program that reads the generated ones may not be the one that makes them, and at
//! boot they may have been made already from sources that are about to be put back.

use crate::saved::{Entry, Footprint, Saved, Subject, save};
use crate::system::files::Standing;
use crate::system::{Fault, System};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Files, and folders with all that is in them.
pub(super) const NETWORK: &[&str] = &[
    "/etc/network",
    "/etc/netplan",
    "/etc/systemd/network",
    "/etc/systemd/networkd.conf",
    "/etc/systemd/networkd.conf.d",
    "/etc/systemd/resolved.conf",
    "/etc/systemd/resolved.conf.d",
    "/run/systemd/network",
    "/run/NetworkManager/system-connections",
    "/etc/NetworkManager",
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/hosts.allow",
    "/etc/hosts.deny",
    "/etc/nsswitch.conf",
    "/etc/gai.conf",
    "/etc/default/ufw",
    "/etc/ufw",
    "/etc/nftables.conf",
    "/etc/nftables.d",
    "/etc/iptables",
    "/etc/wireguard",
    "/etc/iproute2",
    "/etc/sysctl.conf",
    "/etc/sysctl.d",
    "/etc/dhcp",
    "/etc/dhcpcd.conf",
];

/// What sshd reads: its own folder, and what decides how it starts.
pub(crate) const SSH: &[&str] = &[
    "/etc/ssh",
    "/etc/systemd/system/ssh.service",
    "/etc/systemd/system/ssh.service.d",
    "/etc/systemd/system/ssh.socket",
    "/etc/systemd/system/ssh.socket.d",
    "/etc/systemd/system/sshd.service",
    "/etc/systemd/system/sshd.service.d",
];

const RESOLVER: &str = "/etc/resolv.conf";

/// Deeper than any of these folders is; a link that leads in circles is not followed at all.
const DEEPEST: usize = 6;

/// Reads all of them as they are.
pub(crate) fn read(system: &System, places: &[&str]) -> Result<Vec<Saved>, Fault> {
    save(system, &Footprint::of(paths(system, places)?.iter().map(|path| subject(system, path))))
}

/// What has to be put back so that these files are as they were, and nothing else is in their folders.
pub(crate) fn to_restore(system: &System, places: &[&str], before: &[Saved]) -> Result<Vec<Saved>, Fault> {
    let known: BTreeSet<String> = before.iter().filter_map(|saved| path_of(saved).map(str::to_owned)).collect();
    let came = paths(system, places)?.into_iter().filter(|path| !known.contains(path));
    let nothing = |path| Saved::Path { path, entry: Entry::Nothing { missing_parents: Vec::new() } };
    let mut whole: Vec<Saved> = before.iter().cloned().chain(came.map(nothing)).collect();
    // The shallower first, as undoing expects it.
    whole.sort_by(|one, other| path_of(one).cmp(&path_of(other)));
    Ok(whole)
}

/// The paths of files that are not as they were.
pub(crate) fn differing(system: &System, places: &[&str], before: &[Saved]) -> Result<Vec<String>, Fault> {
    let wanted = to_restore(system, places, before)?;
    let now = save(system, &Footprint::of(wanted.iter().map(Saved::subject)))?;
    let nothing = |saved: &Saved| {
        matches!(
            saved,
            Saved::Path { entry: Entry::Nothing { .. }, .. } | Saved::Secret { entry: Entry::Nothing { .. }, .. }
        )
    };
    let differs = |(was, is): &(&Saved, &Saved)| was != is && !(nothing(was) && nothing(is));
    let both = wanted.iter().zip(&now).filter(differs);
    Ok(both.filter_map(|(was, _)| path_of(was).map(str::to_owned)).collect())
}

pub(super) fn path_of(saved: &Saved) -> Option<&str> {
    match saved {
        Saved::Path { path, .. } | Saved::Secret { path, .. } => Some(path),
        _ => None,
    }
}

fn paths(system: &System, places: &[&str]) -> Result<BTreeSet<String>, Fault> {
    let mut found = BTreeSet::new();
    for place in places {
        if system.standing(place)? == Standing::Nothing {
            found.insert((*place).to_owned());
        }
        walk(system, place, DEEPEST, &mut found)?;
    }
    // resolv.conf is often a link to what a program keeps.
    if places.contains(&RESOLVER)
        && let Some(target) = resolver_behind(system)
    {
        found.insert(target);
    }
    Ok(found)
}

/// The file that resolv.conf leads to, if it is a link.
pub(super) fn resolver_behind(system: &System) -> Option<String> {
    let target = system.link_target(RESOLVER).ok().flatten()?;
    let joined = Path::new(RESOLVER).parent()?.join(target);
    // `..` by words: the folders on the way are the distribution's.
    let mut whole = PathBuf::new();
    for part in joined.components() {
        match part {
            std::path::Component::ParentDir => drop(whole.pop()),
            other => whole.push(other),
        }
    }
    let path = whole.to_str()?.to_owned();
    matches!(system.standing(&path), Ok(Standing::File)).then_some(path)
}

fn walk(system: &System, path: &str, deeper: usize, found: &mut BTreeSet<String>) -> Result<(), Fault> {
    match system.standing(path)? {
        Standing::Nothing | Standing::Special => {}
        Standing::File | Standing::Link => drop(found.insert(path.to_owned())),
        Standing::Directory => {
            found.insert(path.to_owned());
            if deeper == 0 {
                return Ok(());
            }
            let names = crate::own::list(system, path)?;
            for name in names {
                walk(system, &format!("{path}/{name}"), deeper - 1, found)?;
            }
        }
    }
    Ok(())
}

/// What only its owner may read holds a key or a password.
fn subject(system: &System, path: &str) -> Subject {
    let mode = system.stat(path).ok().flatten().map(|stat| stat.st_mode);
    match system.standing(path) {
        Ok(Standing::File) if mode.is_some_and(|mode| mode & 0o044 == 0) => Subject::Secret(path.to_owned()),
        _ => Subject::Path(path.to_owned()),
    }
}
