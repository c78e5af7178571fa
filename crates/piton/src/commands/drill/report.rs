//! What the drills said, for people and for programs.

use super::{Drill, Must, Outcome, drills};
use crate::print::page::Page;
use crate::print::text::{Ink, count};
use crate::print::{Screen, json, table};
use serde_json::{Value, json};
use std::time::Duration;

impl Must {
    fn word(self) -> &'static str {
        match self {
            Must::Refuse => "refuse",
            Must::Revert => "revert",
            Must::Finish => "finish",
            Must::GoBack => "go back",
        }
    }
}

pub(super) fn list(width: usize) -> Page {
    let row = |drill: &&Drill| {
        vec![
            (Ink::Dim, format!("{:>2}", drill.number)),
            (Ink::Strong, drill.name.to_owned()),
            (Ink::Plain, drill.must.word().to_owned()),
            (Ink::Plain, drill.what.to_owned()),
        ]
    };
    table::view(&drills::ALL.iter().map(row).collect::<Vec<_>>(), width)
}

pub(super) fn list_json() -> Value {
    let drill = |drill: &&Drill| json!({ "number": drill.number, "name": drill.name, "must": drill.must.word(), "what": drill.what });
    json::object("piton.drills/1", json!({ "drills": drills::ALL.iter().map(drill).collect::<Vec<_>>() }))
}

/// One drill's line as soon as it is over, and what was wrong with it.
pub(super) fn tell(outcome: &Outcome, screen: &Screen) {
    if screen.is_json() {
        return screen.event(&json::object("piton.drill/1", as_json(outcome)));
    }
    let mut page = Page::default();
    let (ink, word) = if outcome.passed() { (Ink::Good, "ok    ") } else { (Ink::Error, "FAILED") };
    let drill = outcome.drill;
    page.put(ink, word).put(Ink::Strong, &format!("  {:>2} {:<22}", drill.number, drill.name));
    page.put(Ink::Plain, &format!("{:<7} {}", drill.must.word(), words(outcome))).end();
    for run in outcome.runs.iter().filter(|run| !run.wrong.is_empty()) {
        for wrong in &run.wrong {
            page.put(Ink::Plain, &format!("        {} {}", run.place, wrong.replace('\n', "\n        "))).end();
        }
    }
    screen.answer(page);
}

fn words(outcome: &Outcome) -> String {
    let gap = outcome.longest_without_access();
    let access = match gap {
        Duration::ZERO => "never without access".to_owned(),
        gap => format!("{:.1} s without access at most", gap.as_secs_f64()),
    };
    match outcome.runs.len() {
        0 | 1 => access,
        runs => format!("{access}, at {}", count(runs, "place")),
    }
}

fn as_json(outcome: &Outcome) -> Value {
    let run = |run: &super::Seen| json!({ "place": run.place, "without_access_seconds": run.without_access.as_secs_f64(), "wrong": run.wrong });
    json!({
        "event": "drill",
        "number": outcome.drill.number,
        "name": outcome.drill.name,
        "what": outcome.drill.what,
        "must": outcome.drill.must.word(),
        "passed": outcome.passed(),
        "runs": outcome.runs.iter().map(run).collect::<Vec<_>>(),
    })
}

pub(super) fn end(outcomes: &[Outcome], screen: &Screen) {
    let good = outcomes.iter().filter(|outcome| outcome.passed()).count();
    let longest = outcomes.iter().map(Outcome::longest_without_access).max().unwrap_or_default();
    if screen.is_json() {
        let fields = json!({
            "event": "result",
            "passed": good,
            "failed": outcomes.len() - good,
            "longest_without_access_seconds": longest.as_secs_f64(),
        });
        return screen.event(&json::object("piton.drill/1", fields));
    }
    let mut page = Page::default();
    let ink = if good == outcomes.len() { Ink::Good } else { Ink::Error };
    page.put(ink, &format!("{good} of {} as it must be", count(outcomes.len(), "drill")));
    page.put(Ink::Plain, &format!("; {:.1} s without access at most.", longest.as_secs_f64())).end();
    screen.answer(page);
}
