//! The blueprint of one host: every section's resources, the packages they need, and how the
//! host is reached once they are there.
//!
//! The two lists below are the only place that names the sections.

use crate::context::Context;
use crate::services::{self, Services};
use crate::{
    CatalogProblem, Known, access, claims, distribution, docker, extras, fail2ban, filter, mesh, packages, render, ssh,
    sysctl, time_zone, updates,
};
use piton_config::{Host, Site};
use piton_plan::stack::Stack;
use piton_plan::{Key, Login, Resource, Wanted};
use std::collections::BTreeMap;

/// Every section that makes resources. Their order here is for reading only.
const SECTIONS: [fn(&Context) -> Vec<Resource>; 11] = [
    time_zone::resources,
    access::resources,
    ssh::resources,
    filter::resources,
    fail2ban::resources,
    sysctl::resources,
    updates::resources,
    mesh::resources,
    docker::resources,
    extras::resources,
    packages::resources,
];

/// What can be wrong with a site only once the host is known.
const CHECKS: [fn(&Context) -> Vec<CatalogProblem>; 7] = [
    distribution::problems,
    ssh::problems,
    updates::problems,
    mesh::problems,
    docker::problems,
    extras::problems,
    claims::problems,
];

/// Renders what one host shall be.
///
/// `known` holds the hosts that answered; the host itself must be among them.
pub fn blueprint(site: &Site, host: &Host, known: &BTreeMap<String, Known>) -> Result<Wanted, Vec<CatalogProblem>> {
    let Some(own) = known.get(&host.name) else { return Err(vec![unknown(host)]) };
    let services = Services::of(site, host)?;
    let context = Context { site, host, facts: own.facts, known, services: &services };
    let mut problems: Vec<_> = CHECKS.iter().flat_map(|check| check(&context)).collect();
    let mut resources: Vec<Resource> = SECTIONS.iter().flat_map(|section| section(&context)).collect();
    resources.extend(services::resources(&services, host)?);
    resources.extend(services.stacks(host)?.into_iter().map(Resource::from));
    let resources = packages::completed(resources);
    let wanted = Wanted { host: host.name.clone(), login: login(&context), resources, waits: mesh::waits(&context) };
    problems.extend(written_twice(&context, &wanted));
    match problems.is_empty() {
        true => Ok(wanted),
        false => Err(problems),
    }
}

/// The stacks that the services of a host come to, infrastructure first.
///
/// Nothing of the host itself is needed for it. Order, and what is kept of what, is the plan room's.
pub fn stacks(site: &Site, host: &Host) -> Result<Vec<Stack>, Vec<CatalogProblem>> {
    Services::of(site, host)?.stacks(host)
}

/// How the host is reached once the blueprint is true: as the admin, by the new port.
fn login(context: &Context) -> Login {
    let user = match &context.settings().access {
        Some(access) => access.admin.value.clone(),
        None => context.host.first.user.clone(),
    };
    Login { address: context.host.address.value.clone(), user: Some(user), port: Some(context.ssh_port()) }
}

fn unknown(host: &Host) -> CatalogProblem {
    CatalogProblem {
        host: host.name.clone(),
        code: "catalog/unknown-host",
        what: "nothing is known of this host yet".into(),
        help: "connect to it first, or render against an assumed host".into(),
        origin: None,
        detail: None,
    }
}

/// Two resources that write one path would undo each other in every run.
fn written_twice(context: &Context, wanted: &Wanted) -> Vec<CatalogProblem> {
    let mut writers: BTreeMap<String, Key> = BTreeMap::new();
    let mut found = Vec::new();
    for resource in &wanted.resources {
        for path in render::paths(resource) {
            match writers.get(&path) {
                // The same key twice is the plan's own finding.
                Some(other) if *other != resource.key() => {
                    let what = format!("{path} would be written by {other} and by {}", resource.key());
                    found.push(context.problem("catalog/same-path", what, "keep one of the two"));
                }
                Some(_) => {}
                None => {
                    writers.insert(path, resource.key());
                }
            }
        }
    }
    found
}
