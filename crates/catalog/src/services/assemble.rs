//! The services of one host put together into stacks.
//!
//! Everything is decided here: which files there are and whose they are, what the compose file says, which
//! networks, folders and secrets that takes, and what is provisioned where.

use super::compose::{Around, service, volume_path};
use super::form::{ContainerForm, DatabaseForm, FileForm};
use super::scope::Scope;
use super::trouble::Trouble;
use super::words::gateway;
use super::world::{Seat, World};
use super::yaml::Yaml;
use piton_config::{NetworkSettings, Origin};
use piton_plan::stack::{
    Container, Image, Network, Phase, Pin, Precondition, Provision, Ready, ReadyBy, SecretNeed, Stack, StackDirectory,
    StackFile, StackUnit, mark,
};
use piton_plan::{Digest, FileSpec, Mode};
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
            files: Vec::new(),
            compose: None,
            containers: Vec::new(),
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
    parts.stack.files.extend(files.into_iter().map(|made| made.file));
    Ok(())
}

/// A file, and where which container sees it.
struct MadeFile {
    file: StackFile,
    container: Option<String>,
    at: Option<String>,
    restarts: bool,
}

fn seat_files(world: &Arc<World>, seat: &Seat) -> Result<Vec<MadeFile>, Trouble> {
    let mut made = Vec::new();
    for (key, form) in &seat.form.files {
        let only = seat.form.containers.keys().next().filter(|_| seat.form.containers.len() == 1).cloned();
        let container = form.container.clone().or(only);
        let scope = Scope::new(world, seat, container.as_deref())?;
        if !scope.holds(form.when.as_ref())? {
            continue;
        }
        if !key.ends_with('/') {
            made.push(file(&scope, key, "", form, container.clone())?);
            continue;
        }
        for template in seat.folder.templates_below(key) {
            made.push(file(&scope, template, &template[key.len()..], form, container.clone())?);
        }
    }
    refuse_strays(world, seat)?;
    Ok(made)
}

/// A template of the site's that no file is made from would be ignored in silence.
pub(super) fn refuse_strays(world: &World, seat: &Seat) -> Result<(), Trouble> {
    let known = |name: &String| {
        let file =
            seat.form.files.keys().any(|key| key == name || (key.ends_with('/') && name.starts_with(key.as_str())));
        let input = seat.form.provisions.iter().any(|form| form.input.as_ref() == Some(name));
        let script = seat.form.needs.databases.iter().any(|form| form.script.as_ref() == Some(name));
        file || input || script || seat.form.compose.as_ref() == Some(name)
    };
    let Some(stray) = seat.folder.own().iter().find(|name| !known(name)) else { return Ok(()) };
    let placement = world.placement(seat);
    let names: Vec<&str> = seat.form.files.keys().map(String::as_str).collect();
    let what = format!("`{}` has no template `{stray}`", *placement.name);
    let trouble = Trouble::new("service/unknown-template", what, format!("its templates: {}", names.join(", ")));
    Err(match placement.templates.get(stray) {
        Some(text) => trouble.at(&text.origin),
        None => trouble.at(&placement.name.origin),
    })
}

fn file(
    scope: &Scope,
    template: &str,
    rest: &str,
    form: &FileForm,
    container: Option<String>,
) -> Result<MadeFile, Trouble> {
    let directory = scope.world.directory(&scope.seat);
    let written = scope.maybe(form.path.as_ref())?;
    let path = match (written, rest) {
        (Some(path), _) => format!("{path}{rest}"),
        (None, _) => template.to_owned(),
    };
    let path = if path.starts_with('/') { path } else { format!("{directory}/{path}") };
    let content = match form.verbatim {
        true => scope.seat.folder.template(template).unwrap_or_default().to_owned(),
        false => scope.template(template)?,
    };
    let secret = mark::marks(&content).next().is_some();
    let mode = mode_of(form.mode.as_deref(), if secret { 0o400 } else { 0o644 }, &scope.origin(), template)?;
    if secret && mode & 0o077 != 0 {
        let what = format!("the file {path} holds a secret and could be read by others (mode {mode:04o})");
        let help =
            format!("set `mode` of `{template}` to \"0400\" or \"0600\", with the owner that its program runs as");
        return Err(Trouble::new("service/open-secret", what, help).at(&scope.origin()));
    }
    let owner = scope.maybe(form.owner.as_ref())?.unwrap_or_else(|| scope.world.owner(&scope.seat));
    let (owner, group) = split_owner(&owner);
    Ok(MadeFile {
        file: StackFile {
            file: FileSpec { path, content, owner, group, mode: Mode(mode) },
            secret,
            containers: Vec::new(),
            units: form.unit.iter().cloned().collect(),
        },
        container,
        at: scope.maybe(form.at.as_ref())?.map(|at| format!("{at}{rest}")),
        restarts: form.restarts,
    })
}

fn mode_of(written: Option<&str>, otherwise: u32, origin: &Origin, of: &str) -> Result<u32, Trouble> {
    let Some(written) = written else { return Ok(otherwise) };
    u32::from_str_radix(written, 8).ok().filter(|mode| *mode <= 0o7777).ok_or_else(|| {
        let what = format!("the mode of `{of}` is `{written}`, which is not a mode");
        Trouble::new("site/bad-mode", what, "three or four digits from 0 to 7, in quotes: \"0640\"").at(origin)
    })
}

fn split_owner(owner: &str) -> (String, String) {
    let (user, group) = owner.split_once(':').unwrap_or((owner, owner));
    (user.to_owned(), group.to_owned())
}

fn folder(path: &str, owner: &str, mode: u32, data: bool) -> StackDirectory {
    let (owner, group) = split_owner(owner);
    StackDirectory { path: path.to_owned(), owner, group, mode: Mode(mode), data }
}

fn container(
    scope: &Scope,
    key: &str,
    form: &ContainerForm,
    files: &mut [MadeFile],
    parts: &mut Parts,
) -> Result<(), Trouble> {
    let (world, seat) = (&scope.world, &scope.seat);
    let name = world.container_name(seat, key);
    let (image, image_why) = image(scope, key, form)?;
    let mut mounted = Vec::new();
    let mut read_at_start = Vec::new();
    for made in files.iter_mut().filter(|made| made.container.as_deref() == Some(key)) {
        if let Some(at) = &made.at {
            mounted.push((made.file.file.path.clone(), at.clone()));
        }
        if made.at.is_some() || made.restarts {
            made.file.containers.push(name.clone());
            read_at_start.push(format!("{}\n{}", made.file.file.path, made.file.file.content));
        }
    }
    let (env, variables) = variables(scope, &name, form)?;
    read_at_start.extend(variables.iter().map(|file| file.file.content.clone()));
    let digest = Digest::of_json(&read_at_start);
    let env_file = variables.as_ref().map(|file| file.file.path.as_str());
    let env_file = env_file
        .and_then(|path| path.strip_prefix(&format!("{}/", world.directory(seat))))
        .map(|path| format!("./{path}"));
    let around = Around {
        name: &name,
        image: &image,
        image_why,
        files: &mounted,
        digest: digest.short(),
        env_file: env_file.as_deref(),
        about: &seat.form.about,
        env: &env,
    };
    parts.yaml.blank();
    service(&mut parts.yaml, scope, form, &around)?;
    parts.stack.files.extend(variables);
    for (volume, form) in &form.volumes {
        if scope.holds(form.when.as_ref())? {
            let mode = mode_of(form.mode.as_deref(), 0o750, &scope.origin(), volume)?;
            let path = volume_path(scope, volume, form)?;
            parts.stack.directories.push(folder(&path, &scope.text(&form.owner)?, mode, form.data));
        }
    }
    if !world.on_host_network(seat, Some(key)) {
        for network in world.networks(seat, form) {
            parts.joined.insert(network.name.value.clone(), network.clone());
        }
    }
    let by = scope.maybe(form.health.url.as_ref())?.map_or(ReadyBy::Docker, ReadyBy::Url);
    let ready = Ready { within_seconds: form.health.within, blocks: form.health.blocks, by };
    if let Some(runtime) = scope.maybe(form.runtime.as_ref())? {
        let why = form.why.get("runtime").cloned().unwrap_or_default();
        parts.stack.requires.push(Precondition::Runtime { name: runtime, why });
    }
    parts.stack.containers.push(Container { name: name.clone(), container: name, image, ready });
    Ok(())
}

fn image<'a>(scope: &'a Scope, key: &str, form: &ContainerForm) -> Result<(Image, &'a str), Trouble> {
    let named = form.image.as_deref().unwrap_or(key);
    let Some(found) = scope.seat.form.images.get(named) else {
        let what = format!("`{}` has no image `{named}`", scope.world.name(&scope.seat));
        return Err(Trouble::new("service/no-image", what, format!("add [images.{named}] to it")).at(&scope.origin()));
    };
    let reference = scope.text(&found.image)?;
    if reference.ends_with(":latest") || !reference.rsplit('/').next().unwrap_or_default().contains([':', '@']) {
        let what = format!("the image `{reference}` moves by itself: a restart may bring another program");
        let help = "name a version, and say under `why` why this one";
        return Err(Trouble::new("service/moving-image", what, help).at(&found.image.origin));
    }
    let directory = scope.world.directory(&scope.seat);
    let build = scope.maybe(found.build.as_ref())?;
    let build = build.map(|path| if path.starts_with('/') { path } else { format!("{directory}/{path}") });
    let pin = if build.is_some() { Pin::Local } else { found.pin };
    Ok((Image { reference, pin, build }, &found.why))
}

/// The variables: those that anybody may read, and a file with those that hold secrets.
#[allow(clippy::type_complexity, reason = "two lists that are told apart once")]
fn variables(
    scope: &Scope,
    name: &str,
    form: &ContainerForm,
) -> Result<(Vec<(String, String)>, Option<StackFile>), Trouble> {
    let placement = scope.world.placement(&scope.seat);
    let mut open = Vec::new();
    let mut secret: BTreeMap<String, String> = BTreeMap::new();
    for (variable, usage) in &form.secrets {
        if scope.holds(usage.when.as_ref())? {
            let text = scope.maybe(usage.text.as_ref())?.unwrap_or_else(|| "SECRET".to_owned());
            let how = if text.contains("://") { mark::Form::Url } else { mark::Form::Env };
            secret.insert(variable.clone(), text.replace("SECRET", &mark::mark(&usage.secret, how)));
        }
    }
    for (variable, value) in &placement.env {
        match value.strip_prefix("secret:") {
            None => open.push((variable.clone(), value.value.clone())),
            Some(wanted) if mark::is_name(wanted) => {
                secret.insert(variable.clone(), mark::mark(wanted, mark::Form::Env));
            }
            Some(wanted) => {
                let what = format!("`{wanted}` is not the name of a secret");
                return Err(Trouble::new("site/bad-name", what, "use a-z, 0-9 and `_`").at(&value.origin));
            }
        }
    }
    if secret.is_empty() {
        return Ok((open, None));
    }
    let mut content = format!("# The secrets of {name}, filled in on the host. Only root reads this file.\n");
    for (variable, text) in &secret {
        content.push_str(&format!("{variable}='{text}'\n"));
    }
    let directory = scope.world.directory(&scope.seat);
    let path = scope.maybe(form.env_file.as_ref())?.unwrap_or_else(|| format!("{name}.env"));
    let file = FileSpec::of_root(format!("{directory}/{path}"), content).with_mode(0o600);
    Ok((open, Some(StackFile { file, secret: true, containers: vec![name.to_owned()], units: Vec::new() })))
}

/// What is provisioned in this stack: databases for whoever needs one, and the services' own steps.
fn provisions(world: &Arc<World>, seats: &[&Seat], stack: &mut Stack) -> Result<(), Trouble> {
    for seat in seats {
        if let Some(provides) = &seat.form.provides.database {
            let container = world.container_name(seat, &provides.container);
            for (asker, need) in super::gate::databases(world, seat) {
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

/// Every marked secret, as the service that declares it says it; the site's own are the operator's.
pub(super) fn secrets(world: &World, stack: &Stack) -> Result<Vec<SecretNeed>, Trouble> {
    let site: BTreeSet<&str> = world
        .site
        .services
        .iter()
        .flat_map(|placement| placement.env.values())
        .filter_map(|value| value.strip_prefix("secret:"))
        .collect();
    let mut needs = Vec::new();
    for name in stack.marked() {
        let declared = world.seats.iter().find_map(|seat| seat.form.secrets.get(&name));
        match declared {
            Some(form) => needs.push(SecretNeed {
                about: form.about.clone(),
                made: form.made,
                optional: form.optional,
                permanent: form.permanent,
                name,
            }),
            None if site.contains(name.as_str()) => needs.push(SecretNeed {
                about: "named in the site file".to_owned(),
                made: piton_plan::stack::Made::ByOperator,
                optional: false,
                permanent: false,
                name,
            }),
            None => {
                let what = format!("the stack `{}` uses the secret `{name}`, which no service declares", stack.name);
                return Err(Trouble::new(
                    "service/unknown-secret",
                    what,
                    format!("add [secrets.{name}] to the service.toml that uses it"),
                ));
            }
        }
    }
    Ok(needs)
}
