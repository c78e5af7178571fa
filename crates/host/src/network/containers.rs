//! Docker's containers: which addresses are theirs, and which sockets on the host's own network.

use crate::docker;
use crate::system::{Fault, System};
use piton_reach::state::{Docker, Running};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

/// The first process of each container, by its number on the host. Every other one descends from it.
#[derive(Debug, Default)]
pub(super) struct FirstProcesses(BTreeMap<u32, String>);

/// What the engine tells of itself and of what runs.
pub(super) fn read(system: &System) -> Result<(Docker, FirstProcesses), Fault> {
    let settings = system.read_text("/etc/docker/daemon.json")?.unwrap_or_default();
    let settings: Value = serde_json::from_str(&settings).unwrap_or_default();
    let mut first = FirstProcesses::default();
    let mut docker = Docker {
        running: system.exists("/run/docker.sock"),
        hairpin: settings.get("userland-proxy").and_then(Value::as_bool) == Some(false),
        ..Docker::default()
    };
    for container in docker::running(system)? {
        first.0.insert(container.state.pid, container.name().to_owned());
        docker.containers.push(Running {
            name: container.name().to_owned(),
            project: container.project().map(str::to_owned),
            addresses: container.addresses().collect(),
        });
    }
    Ok((docker, first))
}

impl FirstProcesses {
    /// The container that a process is in.
    pub(super) fn of(&self, process: u32) -> Option<&str> {
        let mut process = process;
        while process > 1 && !self.0.is_empty() {
            if let Some(name) = self.0.get(&process) {
                return Some(name);
            }
            process = parent(process)?;
        }
        None
    }
}

fn parent(process: u32) -> Option<u32> {
    parent_in(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
}

/// The name stands in brackets, and may hold blanks and brackets itself; the state and the parent come after it.
fn parent_in(stat: &str) -> Option<u32> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_s_name_does_not_confuse() {
        assert_eq!(parent_in("17 (a) 1 (b) S 4 17 17 0 -1"), Some(4));
        assert_eq!(parent_in("17 (a"), None);
    }

    #[test]
    fn a_process_is_in_the_container_of_its_forebears() {
        let own = std::process::id();
        let above = parent(own).unwrap();
        let containers = FirstProcesses([(above, "page".to_owned())].into());
        assert_eq!(containers.of(own), Some("page"));
        assert_eq!(FirstProcesses::default().of(own), None);
    }
}
