//! `piton lab images`: what lab hosts run in containers, made on this machine from what Debian has.

use super::tell;
use crate::errand;
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::text::Ink;
use crate::print::{Screen, json, table};
use piton_config::{Host, Site};
use piton_lab::containers::{self, Kind, Known};
use piton_plan::Resource;
use serde_json::json;
use std::collections::BTreeSet;

pub(super) fn make(named: &[String], site: Option<&Site>, screen: &Screen) -> Ended {
    let wanted = match (named, site) {
        ([], Some(site)) => of_site(site)?,
        ([], None) => {
            let help = "`piton lab images redis:8`, or go to a site's folder";
            return Err(Failure::usage("no image is named", help));
        }
        (named, _) => named.to_vec(),
    };
    let published = site.is_some_and(|site| site.lab_real.value);
    let without = containers::make(&wanted, published, &|event| tell(&event, screen))?;
    if !without.is_empty() {
        let what = format!("the lab cannot make {}", without.join(", "));
        let help = "`docker save --output images/NAME.tar IMAGE` beside site.toml gives lab hosts the real one";
        return Err(Failure::new(Exit::Failed, "lab/no-image", what, help));
    }
    match screen.is_json() {
        true => screen.event(&json::object("piton.lab/1", json!({ "event": "result", "images": wanted }))),
        false => screen.answer(format!("{} images are ready; `piton apply --lab` sends them\n", wanted.len())),
    }
    Ok(Exit::Done)
}

pub(super) fn list(screen: &Screen) -> Ended {
    let known: Vec<Known> = containers::known().collect();
    let word = |kind| match kind {
        Kind::Real => "real",
        Kind::Published => "lab.real",
        Kind::StandIn => "stand-in",
    };
    if screen.is_json() {
        let row = |it: &Known| json!({ "image": it.repository, "kind": word(it.kind), "about": it.about });
        let rows: Vec<_> = known.iter().map(row).collect();
        screen.answer_json(&json::object("piton.lab/1", json!({ "images": rows })));
        return Ok(Exit::Done);
    }
    let row = |it: &Known| {
        let ink = if it.kind == Kind::StandIn { Ink::Plain } else { Ink::Good };
        vec![(Ink::Strong, it.repository.to_owned()), (ink, word(it.kind).to_owned()), (Ink::Dim, it.about.to_owned())]
    };
    screen.answer(table::view(&known.iter().map(row).collect::<Vec<_>>(), screen.width()));
    Ok(Exit::Done)
}

/// Every image that a container of the site's is made of.
fn of_site(site: &Site) -> Result<Vec<String>, Failure> {
    let hosts: Vec<&Host> = site.hosts.iter().collect();
    let wanted = errand::assumed(site, &hosts).map_err(Failure::catalog)?;
    let stacks = wanted.iter().flat_map(|wanted| &wanted.resources).filter_map(|resource| match resource {
        Resource::Stack(stack) => Some(stack),
        _ => None,
    });
    let references: BTreeSet<String> =
        stacks.flat_map(|stack| &stack.containers).map(|it| it.image.reference.clone()).collect();
    Ok(references.into_iter().collect())
}
