//! `piton rollback HOST`: the last change of a host, put back from its journal.

use super::history;
use crate::arguments::RollbackArguments;
use crate::errand::{Ground, target};
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::interrupt;
use crate::print::page::Page;
use crate::print::progress::Progress;
use crate::print::text::Ink;
use crate::print::{Screen, json, report};
use piton_host::fleet::{self, HostReport, Target};
use piton_host::session::Session;
use piton_host::wire::{Entry, Event, Outcome, StepState};
use piton_plan::Verb;
use serde_json::json;
use std::time::Instant;

/// How far back the newest change that still stands is looked for.
const FAR: usize = 50;

pub(super) fn run(arguments: &RollbackArguments, screen: &Screen) -> Ended {
    let ground = Ground::prepare(&arguments.site, "piton rollback")?;
    let host = ground.selected(std::slice::from_ref(&arguments.host))?.into_iter().next();
    let target = host.map(target).ok_or_else(|| Failure::usage("no host is named", "`piton rollback HOST`"))?;
    interrupt::on_interrupt(screen, || match interrupt::is_anything_changed() {
        true => "`piton history` says how far the host has come.".into(),
        false => "Nothing was changed.".into(),
    });
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
        screen.answer(what_goes_back(entry));
    }
    if !arguments.yes && !agreed(arguments, screen)? {
        screen.say("Nothing was changed.");
        return Ok(Exit::Done);
    }
    put_back(&ground, &target, session, entry, arguments, screen)
}

/// Every step and what becomes of it, the last one first, as they are put back.
fn what_goes_back(entry: &Entry) -> Page {
    let mut page = Page::default();
    for step in entry.whole_steps().iter().rev().filter(|step| step.state != StepState::Untouched) {
        let (ink, sign, what) = match step.verb {
            Verb::Add => (Ink::Remove, "-", "goes again, or is as it was found"),
            Verb::Change => (Ink::Warning, "~", "as it was before"),
            Verb::Remove => (Ink::Add, "+", "is there again"),
        };
        page.put(ink, &format!("  {sign} {}", step.key)).put(Ink::Dim, &format!("  {what}")).end();
    }
    page.push(
        &"  Reach: what this does to ssh is not proved beforehand; it stays only if a new connection opens.\n".into(),
    );
    page
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
    interrupt::hosts_are_changing();
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

#[cfg(test)]
mod tests {
    use super::*;
    use piton_host::wire::EntryStep;
    use piton_plan::Key;

    #[test]
    fn every_step_that_had_begun_is_told_in_the_order_of_going_back() {
        let step =
            |name: &str, verb, state| EntryStep { key: Key { kind: "file".into(), name: name.into() }, verb, state };
        let entry = Entry {
            generation: 2,
            plan_id: "0123456789".into(),
            operator: "ada@desk".into(),
            reason: "piton apply".into(),
            began: 0,
            outcome: Outcome::Kept,
            goes_back: None,
            guarded: true,
            command: false,
            because: None,
            steps: vec![
                step("/etc/first", Verb::Add, StepState::Done),
                step("/etc/second", Verb::Change, StepState::Done),
                step("/etc/never", Verb::Add, StepState::Untouched),
                step("/etc/third", Verb::Remove, StepState::Done),
            ],
        };
        let told = anstream::adapter::strip_str(&what_goes_back(&entry)).to_string();
        let signs: Vec<&str> = told.lines().filter_map(|line| line.trim().split("  ").next()).collect();
        assert_eq!(signs[..3], ["+ file /etc/third", "~ file /etc/second", "- file /etc/first"], "{told}");
        assert!(!told.contains("never") && told.contains("not proved beforehand"), "{told}");
    }
}
