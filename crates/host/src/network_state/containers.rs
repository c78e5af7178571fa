//! The networks of containers on this machine, and trying whether one gets out of them.
//!
//! Whatever made them, a container's network is a namespace that some process is in; a thread of our
//! own goes there, tries, and ends.

use rustix::fd::AsFd;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::MetadataExt;
use std::thread;
use std::time::Duration;

/// More of them are not asked: when a few get out, so do the others.
const MOST: usize = 8;

/// A container's network.
pub(super) struct Elsewhere {
    pub(super) name: String,
    namespace: File,
}

/// Those that are there, each once, by the process that was first in it.
pub(super) fn all() -> Vec<Elsewhere> {
    let inode = |path: &str| fs::metadata(path).ok().map(|found| found.ino());
    let own = inode("/proc/self/ns/net");
    let mut processes: Vec<u32> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    processes.sort_unstable();
    let mut found: BTreeMap<u64, Elsewhere> = BTreeMap::new();
    for process in processes {
        let path = format!("/proc/{process}/ns/net");
        let Some(inode) = inode(&path).filter(|inode| Some(*inode) != own) else { continue };
        if found.len() < MOST
            && !found.contains_key(&inode)
            && let Some(name) = container(process)
            && let Ok(namespace) = File::open(&path)
        {
            found.insert(inode, Elsewhere { name, namespace });
        }
    }
    found.into_values().collect()
}

/// What the process's group is called by the program that runs containers; others have namespaces
/// of their own too, as systemd gives them to services that need no network.
fn container(process: u32) -> Option<String> {
    // A line for each hierarchy, of which an older kernel has several.
    let groups = fs::read_to_string(format!("/proc/{process}/cgroup")).ok()?;
    groups.lines().filter_map(|line| line.splitn(3, ':').nth(2)).find_map(named)
}

fn named(group: &str) -> Option<String> {
    let short = |name: &str, id: &str| Some(format!("{name} {}", id.chars().take(12).collect::<String>()));
    if let Some((_, rest)) = group.split_once("lxc.payload.") {
        return Some(format!("incus {}", rest.split('/').next().unwrap_or_default()));
    }
    let mut parts = group.split('/').peekable();
    while let Some(part) = parts.next() {
        let scope = part.trim_end_matches(".scope");
        match (scope.strip_prefix("docker-"), scope.strip_prefix("libpod-"), parts.peek()) {
            (Some(id), _, _) => return short("docker", id),
            (_, Some(id), _) => return short("podman", id),
            (_, _, Some(id)) if part == "docker" => return short("docker", id),
            _ => {}
        }
    }
    None
}

impl Elsewhere {
    /// Whether one of the addresses can be opened from in there.
    pub(super) fn gets_out(self, to: &[SocketAddr], patience: Duration) -> bool {
        let to = to.to_vec();
        let namespace = self.namespace;
        // A thread of its own: it cannot come back from where it goes.
        let tried = thread::spawn(move || {
            let there = move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network));
            there.is_ok() && to.iter().any(|address| TcpStream::connect_timeout(address, patience).is_ok())
        });
        tried.join().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_is_known_by_its_group_and_a_service_is_none() {
        let wanted = [
            ("/system.slice/docker-983d59af6acaa08404dc.scope", Some("docker 983d59af6aca")),
            ("/docker/983d59af6acaa08404dc", Some("docker 983d59af6aca")),
            ("/machine.slice/libpod-0123456789abcdef.scope/container", Some("podman 0123456789ab")),
            ("/lxc.payload.web/init.scope", Some("incus web")),
            ("/system.slice/systemd-udevd.service", None),
            ("/system.slice/docker.service", None),
        ];
        for (group, name) in wanted {
            assert_eq!(named(group).as_deref(), name, "{group}");
        }
    }
}
