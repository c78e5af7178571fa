//! `piton lock`: what the names of images lead to in their registries, written down.

use crate::arguments::LockArguments;
use crate::errand::{Ground, Resolved, greeted, open, resolve};
use crate::exit::Exit;
use crate::failure::{Ended, session_problem};
use crate::print::progress::Progress;
use crate::print::text::Ink;
use crate::print::{Screen, json, table};
use piton_plan::Wanted;
use piton_plan::stack::short_digest;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// What became of one name.
struct Line {
    name: String,
    was: Option<String>,
    is: Option<String>,
    why: Option<String>,
}

pub(super) fn run(arguments: &LockArguments, screen: &Screen) -> Ended {
    let mut ground = Ground::prepare(&arguments.site, "piton lock")?;
    let before = std::mem::take(&mut ground.pins.images);
    let selected = ground.selected(&[])?;
    let hosts: Vec<String> = selected.iter().map(|host| host.name.clone()).collect();
    let progress = Progress::begin(screen, &hosts, "connecting");
    let (wanted, sessions) = greeted(&ground, &selected, &|host, words| progress.host(host, words))?;
    let all: BTreeSet<String> = wanted.values().flat_map(open).collect();
    let ask = |name: &String| arguments.update || !before.contains_key(name);
    let of = |wanted: &Wanted| open(wanted).into_iter().filter(ask).collect();
    let names: BTreeMap<String, BTreeSet<String>> =
        wanted.iter().map(|(host, wanted)| (host.clone(), of(wanted))).collect();
    let (sessions, resolved) = resolve(&names, sessions, ground.errand.jobs);
    progress.end();
    let unreached: Vec<_> = sessions
        .iter()
        .filter_map(|(target, session)| Some(session_problem(&target.host, session.as_ref().err()?)))
        .collect();
    let lines = lines(&all, &before, &resolved);
    // A host that did not answer may have what the others do not.
    let kept = before.iter().filter(|(name, _)| all.contains(*name) || !unreached.is_empty());
    let mut images: BTreeMap<String, String> = kept.map(|(name, digest)| (name.clone(), digest.clone())).collect();
    images.extend(resolved.images);
    let changed = images != before;
    ground.pins.images = images;
    if changed {
        ground.pins.write()?;
    }
    tell(&ground, &lines, changed, screen);
    for problem in &unreached {
        screen.say(&format!("note: {}", problem.what));
    }
    Ok(match unreached.is_empty() {
        true if lines.iter().any(|line| line.is.is_none()) => Exit::Failed,
        true => Exit::Done,
        false => Exit::Unreachable,
    })
}

fn lines(all: &BTreeSet<String>, before: &BTreeMap<String, String>, resolved: &Resolved) -> Vec<Line> {
    let line = |name: &String| {
        let was = before.get(name).cloned();
        let is = resolved.images.get(name).cloned().or_else(|| was.clone());
        Line { name: name.clone(), was, is, why: resolved.open.get(name).cloned() }
    };
    all.iter().map(line).collect()
}

fn tell(ground: &Ground, lines: &[Line], changed: bool, screen: &Screen) {
    if screen.is_json() {
        let image = |line: &Line| json!({ "name": line.name, "was": line.was, "is": line.is, "why": line.why });
        let images: Vec<_> = lines.iter().map(image).collect();
        screen.answer_json(&json::object("piton.lock/1", json!({ "images": images, "changed": changed })));
        return;
    }
    let row = |line: &Line| {
        let (ink, words) = match (&line.was, &line.is, &line.why) {
            (_, None, why) => (Ink::Warning, format!("not pinned: {}", why.as_deref().unwrap_or("nobody was asked"))),
            (Some(was), Some(is), None) if was != is => {
                (Ink::Warning, format!("{} → {}", short_digest(was), short_digest(is)))
            }
            (Some(was), _, Some(why)) => (Ink::Warning, format!("{}, still: {why}", short_digest(was))),
            (Some(was), _, None) => (Ink::Plain, short_digest(was)),
            (None, Some(is), _) => (Ink::Good, format!("{}, new", short_digest(is))),
        };
        vec![(Ink::Strong, line.name.clone()), (ink, words)]
    };
    screen.answer(table::view(&lines.iter().map(row).collect::<Vec<_>>(), screen.width()));
    screen.answer(match (lines.is_empty(), changed) {
        (true, false) => "No image of this site comes from a registry by its name alone.\n".to_owned(),
        (_, false) => format!("{} is as it was.\n", ground.pins.file()),
        (_, true) => format!("{} is written; commit it.\n", ground.pins.file()),
    });
}
