//! Starting what a stack runs: units, then one container after the other.
//!
//! Images are there before the first old container stops, and each container passes its gate before the next one
//! starts.

use super::beside::{self, Trial};
use super::gate::Before;
use super::record::Recorded;
use super::{files, gate, provision};
use crate::docker::{self, COMPOSE_PATIENCE, IMAGE_PATIENCE};
use crate::images::laid;
use crate::system::{Call, Fault, FaultCode, System};
use crate::wire::ImageName;
use piton_plan::kind::Stack;
use piton_plan::stack::Container;
use std::collections::BTreeSet;
use std::time::Instant;

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
        let read = stack.files.iter().filter(|file| file.containers.contains(&container.name));
        // Marks are the same text when a value was rotated, so compose would see no difference.
        let anew = read.into_iter().any(|file| file.secret && written.contains(&file.file.path));
        let before = docker::container(system, &stack.name, &container.name)?;
        let was = Before::of(before.as_ref());
        let before = before.filter(|found| found.is_running());
        // Beside one that is not well, a trial of one that may be so, too, says nothing.
        let tried = container.beside && (container.ready.blocks || was != Before::Unwell);
        let trial = match &before {
            Some(found) if tried && beside::is_another(system, stack, file, container, found, anew)? => {
                Some(Trial::begin(system, stack, file, container)?)
            }
            _ => None,
        };
        let began = Instant::now();
        up(system, stack, file, container, anew, &was)?;
        let took = began.elapsed().as_secs_f64();
        let after = docker::container(system, &stack.name, &container.name)?;
        let replaced = before.is_some_and(|before| after.is_some_and(|after| after.id != before.id));
        let name = &container.name;
        match (trial, replaced) {
            (Some(trial), false) => trial.end(system)?,
            (Some(trial), true) => {
                trial.end(system)?;
                system.tell(&format!("{name} is replaced; the new one answered before the old one stopped"));
            }
            (None, true) => system.tell(&format!("{name} is replaced; it did not answer for {took:.1} s at most")),
            (None, false) => {}
        }
        for step in stack.provisions.iter().filter(|step| step.container == container.name) {
            provision::run(system, stack, step, recorded)?;
        }
    }
    Ok(())
}

/// Has compose make one container as it shall be, and waits until it is ready.
fn up(
    system: &System,
    stack: &Stack,
    file: &str,
    container: &Container,
    anew: bool,
    before: &Before,
) -> Result<(), Fault> {
    let mut words = vec!["up", "--detach", "--no-build", "--no-deps", "--pull", "never"];
    if anew {
        words.push("--force-recreate");
    }
    words.push(&container.name);
    docker::compose(system, &stack.name, file, &words, COMPOSE_PATIENCE)
        .map_err(|fault| gate::not_started(system, &stack.name, container, before, fault))?;
    gate::pass(system, stack, container, before)
}

fn have_image(stack: &Stack, system: &System, file: &str, container: &Container) -> Result<(), Fault> {
    let reference = container.image.reference.as_str();
    if let Some(id) = &container.image.id {
        return have_sent(system, container, reference, id);
    }
    if container.image.build.is_some() {
        // Docker's cache makes this nothing where nothing changed.
        return docker::compose(system, &stack.name, file, &["build", "--quiet", &container.name], IMAGE_PATIENCE);
    }
    if let Some(exact) = container.image.by_digest() {
        return have_pinned(system, container, reference, &exact);
    }
    match docker::image(system, reference)? {
        Some(_) => Ok(()),
        None => pull(system, container, reference),
    }
}

/// The very image that was planned, under the name that the compose file has for it.
fn have_pinned(system: &System, container: &Container, reference: &str, exact: &str) -> Result<(), Fault> {
    if docker::image(system, exact)?.is_none() {
        pull(system, container, exact)?;
    }
    let id = docker::image(system, exact)?;
    match id.is_some() && docker::image(system, reference)? == id {
        true => Ok(()),
        false => system.run_ok(&["docker", "image", "tag", exact, reference]).map(drop),
    }
}

fn pull(system: &System, container: &Container, reference: &str) -> Result<(), Fault> {
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
                .help("look whether the registry has it; where a host reaches none, `docker save --output images/NAME.tar IMAGE` beside site.toml sends it along"))
        }
    }
}

/// An image that the operator sent, now or earlier.
fn have_sent(system: &System, container: &Container, reference: &str, id: &str) -> Result<(), Fault> {
    let name = ImageName { reference: reference.to_owned(), id: id.to_owned() };
    if docker::image(system, id)?.is_none() {
        laid::load(system, &name)?;
    }
    if docker::image(system, id)?.is_none() {
        let what = format!("the image {reference} of {} is not on this host as the plan has it", container.name);
        return Err(Fault::new(FaultCode::CommandFailed, what)
            .because(format!("the plan means {id}"))
            .help("make a new plan where its archive is at hand: images/ beside site.toml"));
    }
    match docker::image(system, reference)?.as_deref() == Some(id) {
        true => Ok(()),
        false => system.run_ok(&["docker", "image", "tag", id, reference]).map(drop),
    }
}
