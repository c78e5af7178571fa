//! One container of a stack: its image, its variables, what it mounts, and how it is known to be up.

use super::super::compose::{Around, service, volume_path};
use super::super::dotenv;
use super::super::form::ContainerForm;
use super::super::scope::Scope;
use super::super::trouble::Trouble;
use super::files::{MadeFile, mode_of};
use super::{Parts, folder};
use piton_plan::stack::{Container, Image, Pin, Precondition, Ready, ReadyBy, StackFile, mark};
use piton_plan::{Digest, FileSpec};
use std::collections::BTreeMap;

pub(super) fn container(
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
    let health = &form.health;
    let (within_seconds, steady_seconds) = (health.within, health.steady);
    let ready = Ready { within_seconds, blocks: health.blocks, steady_seconds, by };
    if let Some(runtime) = scope.maybe(form.runtime.as_ref())? {
        let why = form.why.get("runtime").cloned().unwrap_or_default();
        parts.stack.requires.push(Precondition::Runtime { name: runtime, why });
    }
    let beside = match form.beside {
        Some(written) => written,
        None => may_run_twice(scope, key, form, &ready)?,
    };
    let (joins, unforeseen) = super::super::ports::joins(scope, key, form)?;
    parts.stack.containers.push(Container {
        name: name.clone(),
        container: name,
        joins,
        unforeseen,
        image,
        ready,
        beside,
    });
    Ok(())
}

/// Whether a second one would get in the way of the first: by data that both write, by an address that both want, or
/// because the host could not tell the two apart when it asks how they are.
pub(super) fn may_run_twice(scope: &Scope, key: &str, form: &ContainerForm, ready: &Ready) -> Result<bool, Trouble> {
    let (world, seat) = (&scope.world, &scope.seat);
    let published = form.ports.values().any(|port| !world.bound(seat, Some(key), port).is_empty());
    let told_apart = match &ready.by {
        ReadyBy::Docker => true,
        ReadyBy::Url(url) => url.starts_with("http://container:"),
    };
    for volume in form.volumes.values() {
        if scope.holds(volume.when.as_ref())? {
            return Ok(false);
        }
    }
    Ok(told_apart && !published && !world.on_host_network(seat, Some(key)))
}

pub(super) fn image<'a>(scope: &'a Scope, key: &str, form: &ContainerForm) -> Result<(Image, &'a str), Trouble> {
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
    Ok((Image { reference, pin, build, id: None, digest: None }, &found.why))
}

/// The variables: those that anybody may read, and a file with those that hold secrets.
#[allow(clippy::type_complexity, reason = "two lists that are told apart once")]
pub(super) fn variables(
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
        dotenv::name_fits(variable, value)?;
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
