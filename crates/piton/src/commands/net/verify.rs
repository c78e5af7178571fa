//! `piton net verify`: what works, and against an earlier answer, what does not any more.

use super::failure;
use crate::arguments::net::VerifyArguments;
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::text::Ink;
use crate::print::{Screen, json, table};
use piton_host::network_state::probes::{Health, Probe};
use piton_host::system::System;
use serde_json::json;
use std::path::Path;

pub(super) fn run(system: &System, arguments: &VerifyArguments, screen: &Screen) -> Ended {
    let before = arguments.before.as_deref().map(read).transpose()?;
    let health = Health::take(system, &arguments.outside.addresses());
    let lost = before.as_ref().map(|before| health.lost_since(before));
    let good = lost.as_ref().map_or(health.all_hold(), Vec::is_empty);
    match screen.is_json() {
        true => {
            let fields = json!({ "holds": good, "probes": json::value(&health.probes), "lost": json::value(&lost) });
            screen.answer_json(&json::object("piton.net.verify/1", fields));
        }
        false => {
            let rows: Vec<_> = health.probes.iter().map(row).collect();
            screen.answer(table::view(&rows, screen.width()));
        }
    }
    if let (Some(before), false) = (&before, screen.is_json()) {
        health.hold_since(before).map_err(|fault| failure(&fault))?;
    }
    Ok(if good { Exit::Done } else { Exit::Failed })
}

fn row(probe: &Probe) -> Vec<(Ink, String)> {
    let (ink, word) = if probe.holds { (Ink::Good, "answers") } else { (Ink::Error, "silent") };
    vec![(ink, word.to_owned()), (Ink::Strong, probe.what.clone()), (Ink::Plain, probe.which.clone())]
}

/// An earlier answer of this command, as JSON.
fn read(path: &Path) -> Result<Health, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file("read", path, &error))?;
    serde_json::from_str(&text).map_err(|error| {
        let what = format!("{} is no answer of `piton net verify --json`: {error}", path.display());
        Failure::usage(what, "make one with `piton net verify --json > before.json`")
    })
}
