//! `piton history`: what was done on the hosts, as each of them wrote it down.

use crate::arguments::HistoryArguments;
use crate::errand::{Ground, target};
use crate::exit::Exit;
use crate::failure::{Ended, session_problem};
use crate::print::page::Page;
use crate::print::progress::Progress;
use crate::print::text::Ink;
use crate::print::{Screen, json, table};
use jiff::Timestamp;
use piton_config::Problem;
use piton_host::fleet::{self, Target};
use piton_host::wire::{Entry, Outcome, StepState};
use piton_plan::Verb;
use serde_json::{Value, json};

type Answer = (String, Result<Told, Problem>);

/// What a host tells of its changes.
struct Told {
    /// How many changes the host has come to, by its ledger.
    generation: u64,
    entries: Vec<Entry>,
}

pub(super) fn run(arguments: &HistoryArguments, screen: &Screen) -> Ended {
    let ground = Ground::prepare(&arguments.site, "piton history")?;
    let targets: Vec<Target> = ground.selected(&arguments.hosts)?.into_iter().map(target).collect();
    let names: Vec<String> = targets.iter().map(|target| target.host.clone()).collect();
    let progress = Progress::begin(screen, &names, "connecting");
    let answers: Vec<Answer> = fleet::greet(&targets, &ground.errand, |_| false)
        .into_iter()
        .map(|(host, session)| {
            let told = session.and_then(|mut session| {
                let entries = fleet::history(&mut session, arguments.limit)?;
                Ok(Told { generation: session.greeting.generation, entries })
            });
            let told = told.map_err(|error| session_problem(&host, &error));
            (host, told)
        })
        .collect();
    progress.end();
    let exit = if answers.iter().all(|(_, entries)| entries.is_ok()) { Exit::Done } else { Exit::Unreachable };
    match screen.is_json() {
        true => screen.answer_json(&as_json(&answers)),
        false => screen.answer(as_words(&answers, screen.width())),
    }
    Ok(exit)
}

fn as_json(answers: &[Answer]) -> Value {
    let host = |(host, entries): &Answer| match entries {
        Ok(told) => json!({ "host": host, "generation": told.generation, "changes": json::value(&told.entries) }),
        Err(problem) => json!({ "host": host, "problem": json::value(problem) }),
    };
    json::object("piton.history/1", json!({ "hosts": answers.iter().map(host).collect::<Vec<_>>() }))
}

fn as_words(answers: &[Answer], width: usize) -> Page {
    let mut page = Page::default();
    for (host, entries) in answers {
        page.put(Ink::Strong, host).end();
        match entries {
            Ok(Told { generation: 0, entries }) if entries.is_empty() => {
                page.put(Ink::Plain, "  piton has not changed this host").end();
            }
            Ok(told) if told.entries.is_empty() => {
                let words = format!("  generation {}, and no change in its journal can be read", told.generation);
                page.put(Ink::Error, &words).end();
            }
            Ok(told) => {
                page.push(&table::view(&told.entries.iter().map(row).collect::<Vec<_>>(), width));
            }
            Err(problem) => {
                page.put(Ink::Plain, &format!("  not reached: {}", problem.what)).end();
                if let Some(help) = &problem.help {
                    page.put(Ink::Plain, &format!("  help: {help}")).end();
                }
            }
        }
    }
    page
}

fn row(entry: &Entry) -> Vec<(Ink, String)> {
    let when = i64::try_from(entry.began).ok().and_then(|began| Timestamp::from_second(began).ok());
    let when = when.map(|when| when.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()).unwrap_or_default();
    let (ink, outcome) = outcome(entry.outcome);
    vec![
        (Ink::Strong, format!("  {}", entry.generation)),
        (Ink::Plain, when),
        (ink, outcome.to_owned()),
        (Ink::Dim, entry.plan_id.chars().take(8).collect()),
        (Ink::Plain, entry.operator.clone()),
        (Ink::Plain, steps(entry)),
    ]
}

fn outcome(outcome: Outcome) -> (Ink, &'static str) {
    match outcome {
        Outcome::Kept => (Ink::Good, "kept"),
        Outcome::Undone => (Ink::Warning, "undone"),
        Outcome::RolledBack => (Ink::Warning, "rolled back"),
        Outcome::Open => (Ink::Warning, "under way"),
        Outcome::Interrupted => (Ink::Error, "interrupted"),
    }
}

/// `38 added, 3 changed`, and how far it came when it did not come through.
pub(super) fn steps(entry: &Entry) -> String {
    if entry.command {
        return entry.reason.clone();
    }
    let whole = entry.whole_steps();
    let of = |verb: Verb| whole.iter().filter(|step| step.verb == verb).count();
    let verbs = [(of(Verb::Add), "added"), (of(Verb::Change), "changed"), (of(Verb::Remove), "removed")];
    let told: Vec<String> =
        verbs.iter().filter(|(number, _)| *number > 0).map(|(number, verb)| format!("{number} {verb}")).collect();
    let begun = whole.iter().filter(|step| step.state != StepState::Untouched).count();
    let far = match entry.outcome {
        Outcome::Interrupted | Outcome::Open => format!("; {begun} begun"),
        _ => String::new(),
    };
    format!("{}{far}", told.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_that_cannot_be_read_is_not_taken_for_a_host_that_was_never_changed() {
        let told = |generation| vec![("one".to_owned(), Ok(Told { generation, entries: Vec::new() }))];
        assert!(as_words(&told(0), 80).contains("piton has not changed this host"));
        assert!(as_words(&told(3), 80).contains("generation 3, and no change in its journal can be read"));
    }
}
