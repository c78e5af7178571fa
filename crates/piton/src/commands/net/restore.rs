//! `piton net restore`: what differs from a saved state, shown first, and then put back.

use super::{failure, show};
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::{Screen, json};
use piton_host::network_state::{self, Came, store};
use piton_host::system::System;
use serde_json::json;

pub(super) fn run(system: &System, name: &str, came: Came, yes: bool, screen: &Screen) -> Ended {
    let failed = |fault| failure(&fault);
    let snapshot = store::load(system, name).map_err(failed)?;
    let found = network_state::all_differences(system, &snapshot.network, came).map_err(failed)?;
    if found.is_empty() {
        return done(screen, name, 0);
    }
    if yes && !screen.is_json() {
        screen.answer(show::differences(&found));
    }
    if !yes {
        if !screen.can_ask() {
            let what = "putting the network back needs a yes, and nobody is here to ask";
            return Err(Failure::usage(what, "look at `piton net diff`, then say `--yes`"));
        }
        screen.answer(show::differences(&found));
        let answer = screen.ask(&format!("Put this back as it was saved as `{name}`? [y/N] "));
        if !answer.is_some_and(|answer| matches!(answer.to_lowercase().as_str(), "y" | "yes")) {
            screen.say("Nothing was changed.");
            return Ok(Exit::Done);
        }
    }
    store::restore(system, &snapshot, came).map_err(failed)?;
    done(screen, name, found.len())
}

fn done(screen: &Screen, name: &str, count: usize) -> Ended {
    match (screen.is_json(), count) {
        (true, _) => {
            screen.answer_json(&json::object("piton.net.restore/1", json!({ "name": name, "restored": count })));
        }
        (false, 0) => screen.answer(format!("The network is as it was saved as `{name}`; there was nothing to do.\n")),
        (false, 1) => screen.answer(format!("1 thing was put back; the network is as it was saved as `{name}`.\n")),
        (false, count) => {
            screen.answer(format!("{count} things were put back; the network is as it was saved as `{name}`.\n"));
        }
    }
    Ok(Exit::Done)
}
