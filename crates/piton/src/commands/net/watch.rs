//! `piton net watch`: a line for each change, until it is ended.

use super::failure;
use crate::failure::Ended;
use crate::print::page::Page;
use crate::print::text::Ink;
use crate::print::{Screen, json};
use jiff::Timestamp;
use piton_host::network_state::watch::{Change, Event, Watcher};
use piton_host::system::System;

pub(super) fn run(system: &System, screen: &Screen) -> Ended {
    let mut watcher = Watcher::begin(system).map_err(|fault| failure(&fault))?;
    if !watcher.hears_programs() {
        screen.say("This kernel does not tell which programs start: short ones will have no name here.");
    }
    screen.say("Watching links, addresses, routes, rules, the filter and the resolver. Ctrl-C ends it.");
    loop {
        for event in watcher.hear().map_err(|fault| failure(&fault))? {
            match screen.is_json() {
                true => screen.event(&json::object("piton.net.event/1", json::value(&event))),
                false => screen.answer(line(&event)),
            }
        }
    }
}

fn line(event: &Event) -> Page {
    let at = i64::try_from(event.at).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
    let at = at.map(|at| at.strftime("%H:%M:%S%.3f").to_string()).unwrap_or_default();
    let (ink, sign) = match event.change {
        Change::Added => (Ink::Good, "+"),
        Change::Changed => (Ink::Warning, "~"),
        Change::Removed => (Ink::Error, "-"),
        Change::Missed => (Ink::Error, "!"),
    };
    let mut page = Page::default();
    page.put(Ink::Dim, &format!("{at} ")).put(ink, &format!("{sign} {}: {}", event.what, event.words));
    if let Some(by) = &event.by {
        let what = if by.command.is_empty() { &by.name } else { &by.command };
        page.put(Ink::Dim, &format!("   by {what} (pid {})", by.pid));
    }
    page.end();
    page
}
