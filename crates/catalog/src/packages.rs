//! `packages`: what the site names, and what its resources cannot be made without.
//!
//! What a kind of resource needs everywhere, the kind says itself; what only a section knows (a
//! library for one backend) stands in the section.

use crate::context::Context;
use crate::distribution;
use piton_plan::Resource;
use piton_plan::kind::Package;
use std::collections::BTreeSet;

pub(crate) fn resources(context: &Context) -> Vec<Resource> {
    let names = context.settings().packages.iter().map(|package| package.value.as_str());
    let named: BTreeSet<&str> = names.filter(|name| distribution::has_package(&context.facts.os, name)).collect();
    named.into_iter().map(package).collect()
}

/// Adds what the resources cannot be made without, and keeps each package once: a site may name
/// one that a section brings anyway.
pub(crate) fn completed(mut resources: Vec<Resource>) -> Vec<Resource> {
    let needed: BTreeSet<&str> = resources.iter().flat_map(Resource::packages).copied().collect();
    resources.extend(needed.into_iter().map(package));
    let mut names = BTreeSet::new();
    resources.retain(|resource| match resource {
        Resource::Package(package) => names.insert(package.name.clone()),
        _ => true,
    });
    resources
}

fn package(name: &str) -> Resource {
    Package { name: name.to_owned() }.into()
}
