//! Steps that cut nobody off now, and perhaps everybody from the next boot on. No new connection would
//! notice: what counts only then is refused, unless the step itself lets it count now, under the guard.

use crate::state::State;
use piton_plan::ways_in::{self, Counts};
use piton_plan::{Resource, Step, Verb};

/// Why a step may keep everybody out after the next boot.
pub(super) fn danger(state: &State, step: &Step) -> Option<String> {
    if step.verb == Verb::Remove {
        return None;
    }
    match &step.resource {
        Resource::Unit(unit) => {
            let turned =
                |on: bool| unit.enabled == Some(on) && step.differences.iter().any(|one| one.field == "at boot");
            if turned(false) && ways_in::needs(&unit.name) && !is_idle(state, &unit.name) {
                return Some(format!("{} would not start", unit.name));
            }
            // Enabled and not started: what it loads is seen by nobody before.
            let loads = turned(true) && ways_in::loads_filter(&unit.name) && unit.active != Some(true);
            loads.then(|| {
                format!("{} would load its filter; with `active = true` it is tried under the guard", unit.name)
            })
        }
        Resource::Link(link) => {
            let unit = ways_in::unit_at(&link.path)?;
            Some(format!("{} would lead {unit} to {}", link.path, link.target))
        }
        Resource::File(file) => match ways_in::made_at_boot(&file.file.path, &file.file.content) {
            Some(made) => Some(format!("{} would have it make {made}", file.file.path)),
            None => file_danger(&file.file.path, &file.reloads),
        },
        _ => None,
    }
}

fn file_danger(path: &str, reloads: &[String]) -> Option<String> {
    let named = |unit: &str| reloads.iter().any(|reloaded| reloaded == unit || format!("{reloaded}.service") == unit);
    match ways_in::counts(path) {
        Counts::AtOnce => None,
        Counts::AtBoot => Some(format!("{path} counts only then")),
        // The socket unit starts sshd anew for every caller, and then it has read it.
        Counts::WithUnit(unit) if named(&unit) || (unit == "ssh.service" && named("ssh.socket")) => None,
        Counts::WithUnit(unit) => {
            Some(format!("{path} counts only then; with `reloads = [\"{unit}\"]` it is tried under the guard"))
        }
    }
}

/// The one of sshd's two units that holds no port here.
fn is_idle(state: &State, unit: &str) -> bool {
    let socket = state.access.ssh.as_ref().is_some_and(|ssh| ssh.socket);
    match unit {
        "ssh.socket" => !socket,
        "ssh" | "ssh.service" | "sshd" | "sshd.service" => socket,
        _ => false,
    }
}
