//! The services of one host put together into stacks.
//!
//! Everything is decided here: which files there are and whose they are, what the compose file says, which
//! networks, folders and secrets that takes, and what is provisioned where. `files.rs` makes the files of a service,
//! `container.rs` its containers, `secrets.rs` says what secrets that takes.

mod container;
mod files;
mod secrets;

pub(super) use files::refuse_strays;
pub(super) use secrets::secrets;

use super::form::DatabaseForm;
use super::scope::Scope;
use super::trouble::Trouble;
use super::words::gateway;
use super::world::{Seat, World};
use super::yaml::Yaml;
use container::container;
use files::{mode_of, seat_files, split_owner};
use piton_config::NetworkSettings;
use piton_plan::stack::{Network, Phase, Provision, Stack, StackDirectory, StackFile, StackUnit};
use piton_plan::{FileSpec, Mode};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What one stack is made of, while it is being made.
struct Parts {
    stack: Stack,
    yaml: Yaml,
    joined: BTreeMap<String, NetworkSettings>,
}

/// The stacks of one host, infrastructure first.
pub(super) fn stacks(world: &Arc<World>, host: &str) -> Result<Vec<Stack>, Vec<Trouble>> {
    let mut by_stack: BTreeMap<&str, Vec<&Seat>> = BTreeMap::new();
    for seat in world.seats.iter().filter(|seat| world.host(seat).name == host) {
        by_stack.entry(&seat.stack).or_default().push(seat);
    }
    let mut stacks = Vec::new();
    let mut troubles = Vec::new();
    for (name, mut seats) in by_stack {
        seats.sort_by_key(|seat| (seat.form.phase, seat.form.order, world.name(seat).to_owned()));
        match stack(world, name, &seats) {
            Ok(stack) => stacks.push(stack),
            Err(trouble) => troubles.push(trouble),
        }
    }
    stacks.sort_by_key(|stack| (stack.phase, stack.name.clone()));
    match troubles.is_empty() {
        true => Ok(stacks),
        false => Err(troubles),
    }
}

fn stack(world: &Arc<World>, name: &str, seats: &[&Seat]) -> Result<Stack, Trouble> {
    if let Some(seat) = seats.iter().find(|seat| seat.form.compose.is_some()) {
        return super::whole::stack(world, name, seat, seats.len());
    }
    let Some(first) = seats.first() else {
        return Err(Trouble::new("catalog/empty-stack", "a stack has no service", ""));
    };
    let directory = world.directory(first);
    let owner = world.owner(first);
    let infrastructure = seats.iter().all(|seat| seat.form.phase == Phase::Infrastructure);
    let mut parts = Parts {
        stack: Stack {
            name: name.to_owned(),
            phase: if infrastructure { Phase::Infrastructure } else { Phase::Application },
            directories: above(world, &directory, &owner),
            directory,
            requires: super::gate::preconditions(world, seats),
            networks: Vec::new(),
            own_networks: Vec::new(),
            pools: Vec::new(),
            doubts: Vec::new(),
            files: Vec::new(),
            compose: None,
            containers: Vec::new(),
            ports: Vec::new(),
            units: Vec::new(),
            provisions: Vec::new(),
            secrets: Vec::new(),
        },
        yaml: Yaml::default(),
        joined: BTreeMap::new(),
    };
    head(&mut parts.yaml, name);
    for seat in seats {
        seat_parts(world, seat, &mut parts)?;
    }
    provisions(world, seats, &mut parts.stack)?;
    finish(world, seats, parts)
}

/// The stack's own folder, and the site's where it lies there.
pub(super) fn above(world: &World, directory: &str, owner: &str) -> Vec<StackDirectory> {
    let own = folder(directory, owner, 0o750, false);
    let site = format!("/opt/{}", world.site.name);
    let shared = directory.starts_with(&format!("{site}/")).then(|| folder(&site, "root", 0o755, false));
    [own].into_iter().chain(shared).collect()
}

fn head(yaml: &mut Yaml, name: &str) {
    yaml.comment(0, "Made by piton out of the site file; what is changed here is made anew by the next apply.");
    yaml.line(0, &format!("name: {name}"), None);
    yaml.line(0, "services:", None);
}

fn seat_parts(world: &Arc<World>, seat: &Seat, parts: &mut Parts) -> Result<(), Trouble> {
    let mut files = seat_files(world, seat)?;
    for (key, form) in &seat.form.containers {
        let scope = Scope::new(world, seat, Some(key))?;
        container(&scope, key, form, &mut files, parts)?;
    }
    let scope = Scope::new(world, seat, None)?;
    for (key, form) in &seat.form.host.directories {
        if scope.holds(form.when.as_ref())? {
            let mode = mode_of(form.mode.as_deref(), 0o755, &scope.origin(), key)?;
            parts.stack.directories.push(folder(&scope.text(&form.path)?, &scope.text(&form.owner)?, mode, form.data));
        }
    }
    for (name, form) in &seat.form.host.units {
        parts.stack.units.push(StackUnit { name: name.clone(), enabled: form.enabled, active: form.active });
    }
    parts.stack.ports.extend(super::ports::of_seat(world, seat).into_iter().map(|placed| placed.port));
    parts.stack.files.extend(files.into_iter().map(|made| made.file));
    Ok(())
}

fn folder(path: &str, owner: &str, mode: u32, data: bool) -> StackDirectory {
    let (owner, group) = split_owner(owner);
    StackDirectory { path: path.to_owned(), owner, group, mode: Mode(mode), data }
}

/// What is provisioned in this stack: databases for whoever needs one, and the services' own steps.
fn provisions(world: &Arc<World>, seats: &[&Seat], stack: &mut Stack) -> Result<(), Trouble> {
    for seat in seats {
        if let Some(provides) = &seat.form.provides.database {
            let container = world.container_name(seat, &provides.container);
            for (asker, need) in super::gate::databases(world, seat)? {
                let mut scope = Scope::new(world, seat, Some(&provides.container))?;
                scope.with("database", told(need));
                stack.provisions.push(Provision {
                    name: format!("database {} of {}", need.name, need.user),
                    container: container.clone(),
                    command: scope.texts(&provides.command)?,
                    input: scope.template(&provides.template)?,
                    repeats: piton_plan::stack::Repeats::Always,
                });
                if let Some(script) = &need.script {
                    stack.provisions.push(Provision {
                        name: format!("{script} in database {}", need.name),
                        container: container.clone(),
                        command: scope.texts(&provides.script)?,
                        input: Scope::new(world, asker, None)?.template(script)?,
                        repeats: piton_plan::stack::Repeats::Always,
                    });
                }
            }
        }
        for form in &seat.form.provisions {
            let scope = Scope::new(world, seat, Some(&form.container))?;
            if scope.holds(form.when.as_ref())? {
                stack.provisions.push(Provision {
                    name: scope.text(&form.name)?,
                    container: world.container_name(seat, &form.container),
                    command: scope.texts(&form.command)?,
                    input: form.input.as_ref().map_or(Ok(String::new()), |input| scope.template(input))?,
                    repeats: form.repeats,
                });
            }
        }
    }
    Ok(())
}

fn told(need: &DatabaseForm) -> serde_json::Value {
    json!({ "name": need.name, "user": need.user, "secret": need.secret, "extensions": need.extensions })
}

/// The networks and the compose file, once every container is known; then order, and secrets.
fn finish(world: &World, seats: &[&Seat], mut parts: Parts) -> Result<Stack, Trouble> {
    let stack = &mut parts.stack;
    if !parts.joined.is_empty() {
        parts.yaml.blank();
        parts.yaml.line(0, "networks:", Some("made by piton beforehand: other projects join them too"));
    }
    for (key, network) in &parts.joined {
        let name = world.docker_name(network);
        let kind = if *network.internal { "no way out" } else { "with a way out" };
        parts.yaml.line(2, &format!("{key}:"), Some(&format!("{}, {kind}", *network.subnet)));
        parts.yaml.line(4, &format!("name: {name}"), None);
        parts.yaml.line(4, "external: true", None);
        stack.networks.push(Network {
            name,
            subnet: *network.subnet,
            gateway: gateway(&network.subnet),
            internal: *network.internal,
        });
    }
    if let Some(first) = seats.first().filter(|_| !stack.containers.is_empty()) {
        let path = format!("{}/docker-compose.yml", stack.directory);
        let owner = world.owner(first);
        let file = FileSpec {
            path: path.clone(),
            content: parts.yaml.done(),
            owner: owner.clone(),
            group: owner,
            mode: Mode(0o644),
        };
        stack.files.insert(0, StackFile { file, secret: false, containers: Vec::new(), units: Vec::new() });
        stack.compose = Some(path);
    }
    stack.directories.extend(parents(stack));
    let mut seen = BTreeSet::new();
    stack.directories.retain(|directory| seen.insert(directory.path.clone()));
    stack.directories.sort_by(|one, other| one.path.cmp(&other.path));
    stack.files.sort_by(|one, other| one.file.path.cmp(&other.file.path));
    refuse_twins(stack, seats, world)?;
    stack.secrets = secrets(world, stack)?;
    Ok(parts.stack)
}

/// Folders between the stack's own and its files.
fn parents(stack: &Stack) -> Vec<StackDirectory> {
    let owner = stack.directories.first().map(|directory| directory.owner.clone()).unwrap_or_default();
    let paths = stack.files.iter().map(|file| file.file.path.clone());
    let volumes = stack.directories.iter().map(|directory| directory.path.clone());
    let mut found = BTreeSet::new();
    for path in paths.chain(volumes) {
        let mut parent = path.as_str();
        while let Some((above, _)) = parent.rsplit_once('/') {
            if !above.starts_with(&format!("{}/", stack.directory)) {
                break;
            }
            found.insert(above.to_owned());
            parent = above;
        }
    }
    // Containers run as other users than the folder's owner and must get through.
    found.into_iter().map(|path| folder(&path, &owner, 0o755, false)).collect()
}

fn refuse_twins(stack: &Stack, seats: &[&Seat], world: &World) -> Result<(), Trouble> {
    let twin = stack.files.windows(2).find(|pair| pair[0].file.path == pair[1].file.path);
    let Some([first, _]) = twin else { return Ok(()) };
    let what = format!("two services of the stack `{}` would write {}", stack.name, first.file.path);
    let trouble =
        Trouble::new("catalog/same-path", what, "put one of them into another stack, or give its file another `path`");
    Err(seats.last().map_or(trouble.clone(), |seat| trouble.at(&world.placement(seat).name.origin)))
}
