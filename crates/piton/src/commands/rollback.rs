//! `piton rollback HOST`: the last change of a host, put back from its journal.

use super::history;
use crate::arguments::RollbackArguments;
use crate::errand::{Ground, target};
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::interrupt;
use crate::print::progress::Progress;
use crate::print::{Screen, json, report};
use piton_host::fleet::{self, HostReport, Target};
use piton_host::session::Session;
use piton_host::wire::{Entry, Event, Outcome};
use serde_json::json;
use std::time::Instant;

/// How far back the newest change that still stands is looked for.
const FAR: usize = 50;

pub(super) fn run(arguments: &RollbackArguments, screen: &Screen) -> Ended {
    let ground = Ground::prepare(&arguments.site, "piton rollback")?;
    let host = ground.selected(std::slice::from_ref(&arguments.host))?.into_iter().next();
    let target = host.map(target).ok_or_else(|| Failure::usage("no host is named", "`piton rollback HOST`"))?;
    interrupt::on_interrupt(screen, || "`piton history` says how far the host has come.".into());
    let lost = |error| Failure::session(&target.host, &error);
    let mut session = fleet::reach(&target, &ground.errand).map_err(lost)?;
    let entries = fleet::history(&mut session, FAR).map_err(lost)?;
    let stands = |entry: &&Entry| {
        entry.goes_back.is_none() && !entry.command && !matches!(entry.outcome, Outcome::Undone | Outcome::RolledBack)
    };
    let Some(entry) = entries.iter().find(stands) else {
        let what = format!("{}: there is no change of piton's to put back", target.host);
        return Err(Failure::new(Exit::Failed, "rollback/nothing", what, "`piton history` lists what was done"));
    };
    if !screen.is_json() {
        screen.answer(format!(
            "{}: puts back plan {} by {} ({})\n",
            target.host,
            entry.plan_id.chars().take(8).collect::<String>(),
            entry.operator,
            history::steps(entry)
        ));
    }
    if !arguments.yes && !agreed(arguments, screen)? {
        screen.say("Nothing was changed.");
        return Ok(Exit::Done);
    }
    put_back(&ground, &target, session, entry, arguments, screen)
}

fn agreed(arguments: &RollbackArguments, screen: &Screen) -> Result<bool, Failure> {
    if arguments.no_input || !screen.can_ask() {
        return Err(Failure::usage("nobody is here to agree to the rollback", "say `--yes` to do it unasked"));
    }
    let answer = screen.ask("Put it back?  [y]es  [n]o  ");
    Ok(matches!(answer.as_deref(), Some("y" | "yes")))
}

fn put_back(
    ground: &Ground,
    target: &Target,
    session: Session,
    entry: &Entry,
    arguments: &RollbackArguments,
    screen: &Screen,
) -> Ended {
    let began = Instant::now();
    let progress = Progress::begin(screen, std::slice::from_ref(&target.host), "putting back");
    let hear = |host: &str, event: Event| progress.hear(host, &event);
    let outcome =
        fleet::rollback(target, session, entry, arguments.anyway, arguments.guard.guarding(), &ground.errand, &hear);
    progress.end();
    let exit = Exit::of(&outcome);
    let reports = [HostReport { host: target.host.clone(), steps: entry.whole_steps().len(), outcome }];
    match screen.is_json() {
        true => screen.event(&json::object(
            "piton.rollback/1",
            json!({ "event": "result", "exit": exit.code(), "plan": entry.plan_id, "hosts": reports }),
        )),
        false => screen.answer(report::view(&reports, began.elapsed(), screen.width())),
    }
    Ok(exit)
}
