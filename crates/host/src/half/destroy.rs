//! Taking away the data of what has left, where the operator said so.
//!
//! It is the one thing that cannot be undone, so it comes after the change was confirmed, and takes only folders that a
//! stack of this host's own had for data. What fails is told, and stays where it is.

use crate::journal::Change;
use crate::system::System;
use piton_plan::Resource;
use std::collections::BTreeSet;

pub(super) fn data(system: &System, change: &Change) {
    let owned = change.before.owned();
    let stacks = owned.iter().filter_map(|owned| match &owned.resource {
        Resource::Stack(stack) => Some(stack),
        _ => None,
    });
    let folders = stacks.flat_map(|stack| &stack.directories).filter(|it| it.data);
    let known: BTreeSet<&str> = folders.map(|it| it.path.as_str()).collect();
    for path in change.plan.destroys.iter().filter(|path| known.contains(path.as_str())) {
        let place = system.path(path).to_string_lossy().into_owned();
        match system.run_ok(&["rm", "--recursive", "--force", "--one-file-system", "--", &place]) {
            Ok(_) => system.tell(&format!("{path} is destroyed, as you said")),
            Err(fault) => system.tell(&format!("{path} could not be destroyed: {fault}")),
        }
    }
}
