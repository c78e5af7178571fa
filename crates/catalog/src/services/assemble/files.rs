//! The files of a service: each from its template, with its owner, its mode and the container that sees it.

use super::super::form::FileForm;
use super::super::scope::Scope;
use super::super::trouble::Trouble;
use super::super::world::{Seat, World};
use piton_config::Origin;
use piton_plan::stack::{StackFile, mark};
use piton_plan::{FileSpec, Mode};
use std::sync::Arc;

/// A file, and where which container sees it.
pub(super) struct MadeFile {
    pub(super) file: StackFile,
    pub(super) container: Option<String>,
    pub(super) at: Option<String>,
    pub(super) restarts: bool,
}

pub(super) fn seat_files(world: &Arc<World>, seat: &Seat) -> Result<Vec<MadeFile>, Trouble> {
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
pub(in crate::services) fn refuse_strays(world: &World, seat: &Seat) -> Result<(), Trouble> {
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

pub(super) fn file(
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

pub(super) fn mode_of(written: Option<&str>, otherwise: u32, origin: &Origin, of: &str) -> Result<u32, Trouble> {
    let Some(written) = written else { return Ok(otherwise) };
    u32::from_str_radix(written, 8).ok().filter(|mode| *mode <= 0o7777).ok_or_else(|| {
        let what = format!("the mode of `{of}` is `{written}`, which is not a mode");
        Trouble::new("site/bad-mode", what, "three or four digits from 0 to 7, in quotes: \"0640\"").at(origin)
    })
}

pub(super) fn split_owner(owner: &str) -> (String, String) {
    let (user, group) = owner.split_once(':').unwrap_or((owner, owner));
    (user.to_owned(), group.to_owned())
}
