//! Starting what a stack runs: units, then one container after the other.
//!
//! Images are there before the first old container stops, and each container passes its gate before the next one
//! starts.

use super::record::Recorded;
use super::{files, gate, provision};
use crate::docker::{self, COMPOSE_PATIENCE, IMAGE_PATIENCE};
use crate::system::{Call, Fault, FaultCode, System};
use piton_plan::kind::Stack;
use std::collections::BTreeSet;

pub(super) fn restarted_units(stack: &Stack) -> BTreeSet<String> {
    stack.files.iter().flat_map(|file| file.units.iter().cloned()).collect()
}

pub(super) fn units(stack: &Stack, system: &System, written: &BTreeSet<String>) -> Result<(), Fault> {
    if written.iter().any(|path| files::is_unit_file(path)) {
        system.systemctl(&["daemon-reload"])?;
    }
    let changed = stack.files.iter().filter(|file| written.contains(&file.file.path));
    let changed: BTreeSet<&String> = changed.flat_map(|file| &file.units).collect();
    for unit in &stack.units {
        let state = system.unit(&unit.name)?;
        match (unit.enabled, state.is_enabled()) {
            (true, false) => system.systemctl(&["enable", &unit.name])?,
            (false, true) => system.systemctl(&["disable", &unit.name])?,
            _ => {}
        }
        match (unit.active, state.is_active()) {
            (true, false) => system.systemctl(&["start", &unit.name])?,
            (true, true) if changed.contains(&unit.name) => system.systemctl(&["restart", &unit.name])?,
            (false, true) => system.systemctl(&["stop", &unit.name])?,
            _ => {}
        }
    }
    Ok(())
}

pub(super) fn containers(
    stack: &Stack,
    system: &System,
    written: &BTreeSet<String>,
    recorded: &mut Recorded,
) -> Result<(), Fault> {
    let Some(file) = &stack.compose else { return Ok(()) };
    // Everything that takes long is done while the old containers still run.
    for container in &stack.containers {
        have_image(stack, system, file, container)?;
    }
    let strays = docker::containers(system, &stack.name)?;
    let known = |name: &str| stack.containers.iter().any(|container| container.name == name);
    let strays = strays.iter().filter(|it| it.service().is_some_and(|name| !known(name)));
    docker::remove(system, &strays.collect::<Vec<_>>())?;
    for container in &stack.containers {
        let name = container.name.as_str();
        let read = stack.files.iter().filter(|file| file.containers.iter().any(|known| known == name));
        // Marks are the same text when a value was rotated, so compose would see no difference.
        let anew = read.into_iter().any(|file| file.secret && written.contains(&file.file.path));
        let mut up = vec!["up", "--detach", "--no-build", "--no-deps", "--pull", "never"];
        if anew {
            up.push("--force-recreate");
        }
        up.push(name);
        docker::compose(system, &stack.name, file, &up, COMPOSE_PATIENCE)
            .map_err(|fault| gate::with_logs(system, container, fault))?;
        gate::pass(system, stack, container)?;
        for step in stack.provisions.iter().filter(|step| step.container == name) {
            provision::run(system, stack, step, recorded)?;
        }
    }
    Ok(())
}

fn have_image(
    stack: &Stack,
    system: &System,
    file: &str,
    container: &piton_plan::stack::Container,
) -> Result<(), Fault> {
    let reference = container.image.reference.as_str();
    if container.image.build.is_some() {
        // Docker's cache makes this nothing where nothing changed.
        return docker::compose(system, &stack.name, file, &["build", "--quiet", &container.name], IMAGE_PATIENCE);
    }
    if docker::image(system, reference)?.is_some() {
        return Ok(());
    }
    let call = Call::new(&["docker", "image", "pull", "--quiet", reference]).deadline(IMAGE_PATIENCE);
    let ran = system.call(&call)?;
    match ran.ok() {
        true => Ok(()),
        false => {
            let what =
                format!("the image {reference} of {} is not on this host, and could not be pulled", container.name);
            let because = ran.last_words().unwrap_or_default();
            Err(Fault::new(FaultCode::CommandFailed, what)
                .because(because)
                .help("look whether the registry has it; where a host reaches none, `docker save IMAGE | ssh HOST docker load`"))
        }
    }
}
