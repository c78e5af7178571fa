//! `[docker]`: the engine's packages, its daemon.json, and who may use it.
//!
//! Membership is made by the users' own resources, which ask here; containers are no business of
//! this section.

use crate::CatalogProblem;
use crate::context::Context;
use crate::distribution;
use piton_config::Docker;
use piton_plan::Resource;
use piton_plan::kind::{DockerDaemon, Package};
use piton_plan::stack::Precondition;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The group that the engine's packages make, and whose members are as good as root.
const GROUP: &str = "docker";

pub(crate) fn resources(context: &Context) -> Vec<Resource> {
    let Some(docker) = &context.settings().docker else { return Vec::new() };
    let whole = |name: &String| {
        let names = distribution::whole_package(&context.facts.os, name);
        names.map(|name| Package { name: name.to_owned() }.into()).collect::<Vec<Resource>>()
    };
    let daemon = DockerDaemon { content: daemon_json(docker, &runtimes(context)) }.into();
    docker.packages.iter().flat_map(whole).chain(compose(context, docker)).chain([daemon]).collect()
}

/// What brings compose where stacks need it, unless the site names a package that does.
fn compose(context: &Context, docker: &Docker) -> Option<Resource> {
    let stacks = context.services.stacks(context.host).unwrap_or_default();
    let named = docker.packages.iter().any(|name| name.contains("compose"));
    let needed = !named && stacks.iter().any(|stack| stack.compose.is_some());
    let name = distribution::compose(&context.facts.os).filter(|_| needed)?;
    Some(Package { name: name.to_owned() }.into())
}

/// Only the users that piton makes can be put in a group.
pub(crate) fn problems(context: &Context) -> Vec<CatalogProblem> {
    let Some(written) = context.settings().docker.as_ref().and_then(|docker| docker.users.as_ref()) else {
        return Vec::new();
    };
    let made = made_users(context);
    let strangers = written.iter().filter(|name| !made.contains(name.as_str()));
    strangers
        .map(|name| {
            let what = format!("docker.users has `{name}`, a user that piton does not make on this host");
            context.problem("catalog/docker-user", what, "add it to [[users]], or leave it out").at(&written.origin)
        })
        .collect()
}

/// The groups in which `[docker]` wants a user.
pub(crate) fn groups(context: &Context, user: &str) -> BTreeSet<String> {
    let listed = context.settings().docker.as_ref().is_some_and(|docker| users(context, docker).contains(user));
    listed.then(|| GROUP.to_owned()).into_iter().collect()
}

/// The groups that a user must leave: whoever is no longer listed must not keep the membership.
pub(crate) fn forbidden_groups(context: &Context, user: &str) -> BTreeSet<String> {
    let unlisted = context.settings().docker.as_ref().is_some_and(|docker| !users(context, docker).contains(user));
    unlisted.then(|| GROUP.to_owned()).into_iter().collect()
}

fn users<'a>(context: &Context<'a>, docker: &'a Docker) -> BTreeSet<&'a str> {
    match (&docker.users, &context.settings().access) {
        (Some(users), _) => users.iter().map(String::as_str).collect(),
        // Not the service user: an application that is taken over must not be root by that.
        (None, Some(access)) => BTreeSet::from([access.admin.value.as_str()]),
        (None, None) => BTreeSet::new(),
    }
}

fn made_users<'a>(context: &Context<'a>) -> BTreeSet<&'a str> {
    let access = context.settings().access.iter();
    let two = access.flat_map(|access| access.service.iter().chain([&access.admin]));
    let extra = context.settings().users.iter().map(|user| &user.name);
    two.chain(extra).map(|name| name.value.as_str()).collect()
}

/// The runtimes that stacks of this host want. Whoever installs one adds it to daemon.json, which is piton's, so that
/// it has to be said here or is lost.
fn runtimes(context: &Context) -> BTreeSet<String> {
    let stacks = context.services.stacks(context.host).unwrap_or_default();
    let named = stacks.iter().flat_map(|stack| &stack.requires).filter_map(|needed| match needed {
        Precondition::Runtime { name, .. } => Some(name.clone()),
        Precondition::CertificateByDns { .. } => None,
    });
    named.collect()
}

fn daemon_json(docker: &Docker, runtimes: &BTreeSet<String>) -> String {
    let mut settings: BTreeMap<String, Value> =
        docker.daemon.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
    if !runtimes.is_empty() && !settings.contains_key("runtimes") {
        let each = runtimes.iter().map(|name| (name.clone(), json!({ "path": format!("/usr/bin/{name}") })));
        settings.insert("runtimes".to_owned(), Value::Object(each.collect()));
    }
    format!("{:#}\n", Value::Object(settings.into_iter().collect()))
}

/// The same value with its keys in order, so that equal settings are equal files.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let ordered: BTreeMap<_, _> = fields.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
            Value::Object(ordered.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}
