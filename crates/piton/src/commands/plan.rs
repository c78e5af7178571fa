//! `piton plan`: what would change, and nothing else.

use crate::arguments::PlanArguments;
use crate::checking::SiteFindings;
use crate::errand::{Ground, Survey, survey, unlock};
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::interrupt;
use crate::print::page::Page;
use crate::print::progress::Progress;
use crate::print::text::{Ink, Text, count, shell_word};
use crate::print::{Screen, json, plan as view};
use piton_plan::{HostPlan, Plan};
use piton_reach::Shown;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

pub(super) fn run(arguments: &PlanArguments, screen: &Screen) -> Ended {
    let mut ground = Ground::prepare(&arguments.site, "piton plan")?;
    ground.destroy_data = arguments.destroy_data;
    interrupt::on_interrupt(screen, || "Planning changes nothing.".into());
    let found = SiteFindings::of(&ground.folder)?;
    if found.errors().next().is_some() {
        screen.problems(&Failure::findings(&found));
        screen.say_lines("\n`piton apply` refuses this; the plan is shown all the same.\n");
    }
    let survey = make(&ground, &arguments.hosts, screen)?;
    let plan = &survey.plan;
    if let Some(path) = &arguments.out {
        save(plan, path)?;
    }
    match arguments.json {
        true => screen.answer_json(&json::value(plan)),
        false => screen.answer(words(&survey, screen.width(), arguments.diff)),
    }
    if let Some(path) = arguments.out.as_ref().filter(|_| !arguments.json) {
        screen.say(&format!("Saved. `piton apply {}` does exactly this.", shell_word(&path.to_string_lossy())));
    }
    let refused = if found.errors().next().is_some() { Exit::Failed } else { Exit::Done };
    let exit = exit(&survey, arguments.exit_code).worse(refused);
    // Dropped and not closed: nobody waits for the hosts to say goodbye, one after the other.
    drop(survey.sessions);
    Ok(exit)
}

/// Greets, looks and plans, with progress; says what is worth knowing beside the plan.
pub(super) fn make(ground: &Ground, names: &[String], screen: &Screen) -> Result<Survey, Failure> {
    let selected: Vec<String> = ground.selected(names)?.iter().map(|host| host.name.clone()).collect();
    // Before anything is shown on the way: a passphrase may have to be asked for.
    let secrets = unlock(ground, screen)?;
    let progress = Progress::begin(screen, &selected, "connecting");
    let survey = survey(ground, names, &secrets, &|host, words| progress.host(host, words));
    progress.end();
    let survey = survey?;
    for sentence in &survey.interrupted {
        screen.say(&format!("note: {sentence}"));
    }
    for sentence in &survey.unpinned {
        screen.say(&format!("note: {sentence}"));
    }
    Ok(survey)
}

/// The plan for people: all of it, or one line when there is nothing to do.
pub(super) fn words(survey: &Survey, width: usize, with_texts: bool) -> Page {
    let mut page = words_of(&survey.plan, &survey.shown, width, with_texts);
    page.push(&unreached(survey, width));
    page
}

pub(in crate::commands) fn words_of(plan: &Plan, shown: &[Shown], width: usize, with_texts: bool) -> Page {
    match plan.is_empty() {
        true => nothing_to_do(plan),
        false => view::view(plan, shown, width, with_texts),
    }
}

pub(super) fn nothing_to_do(plan: &Plan) -> Page {
    let are = if plan.hosts.len() == 1 { "is" } else { "are" };
    format!("Nothing to do: {} {are} as the site says.\n", count(plan.hosts.len(), "host")).into()
}

/// What to do about each host that could not be reached.
fn unreached(survey: &Survey, width: usize) -> Page {
    let mut text = Text::new(width);
    for problem in &survey.unreached {
        let host = problem.what.split(':').next().unwrap_or_default();
        if let Some(help) = &problem.help {
            text.put(Ink::Good, "help").put(Ink::Plain, &format!(" for {host}: ")).wrap(Ink::Plain, help, 4).end();
        }
    }
    text.done()
}

fn exit(survey: &Survey, tell_changes: bool) -> Exit {
    let changes = survey.plan.hosts.iter().any(|host: &HostPlan| !host.is_empty());
    let exit = if changes && tell_changes { Exit::Changes } else { Exit::Done };
    // What must not be applied is something found.
    let refused = if survey.shown.iter().any(Result::is_err) { Exit::Failed } else { Exit::Done };
    exit.worse(left_over(&survey.plan)).worse(refused)
}

/// What it means that the plan leaves something open: a host that was not reached, or something
/// that waits for one.
pub(super) fn left_over(plan: &Plan) -> Exit {
    match plan.unreachable.is_empty() && plan.hosts.iter().all(|host| host.waits.is_empty()) {
        true => Exit::Done,
        false => Exit::Unreachable,
    }
}

/// Saves a plan where only its owner reads it: it holds the texts of files.
pub(super) fn save(plan: &Plan, path: &Path) -> Result<(), Failure> {
    write_private(path, &json::value(plan)).map_err(|error| Failure::file("save the plan as", path, &error))
}

fn write_private(path: &Path, plan: &serde_json::Value) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    let unfinished = folder.join(format!(".{name}.{}", std::process::id()));
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
        file.write_all(serde_json::to_string_pretty(plan)?.as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        std::fs::rename(&unfinished, path)?;
        File::open(folder)?.sync_all()
    })();
    if written.is_err() {
        let _ = std::fs::remove_file(&unfinished);
    }
    written
}
