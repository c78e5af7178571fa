//! `piton approve`: one run of one command, let through by the operator.
//!
//! An approval is bound to the command, its folder and the machine, is spent by the first run, and
//! ends after ten minutes. `operator.rs` says from whom it is taken.

use super::{operator, state};
use crate::arguments::ApproveArguments;
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::page::Page;
use crate::print::text::Ink;
use crate::print::{Screen, table};
use jiff::Timestamp;
use piton_gate::{Judgement, Verdict, redact};
use serde_json::{Value, json};
use std::fs;
use std::io;
use std::path::PathBuf;

/// How long an approval waits for its run.
const SECONDS: i64 = 600;

/// How long something that was asked for stays listed.
const LISTED_SECONDS: i64 = 3600;

/// Something that only the operator can let pass.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) id: String,
    command: String,
    folder: String,
    why: String,
    words: String,
    place: String,
}

impl Asked {
    /// Nothing when the command is free, or denied whatever anybody says.
    pub(super) fn new(command: &str, folder: &str, judgement: &Judgement) -> Option<Asked> {
        let finding = judgement.decisive().filter(|finding| finding.verdict == Verdict::Ask)?;
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        let digest = state::digest(&[command, folder, &host]);
        Some(Asked {
            id: digest.chars().take(8).collect(),
            command: command.to_owned(),
            folder: folder.to_owned(),
            why: finding.why.clone(),
            words: finding.words.clone(),
            place: finding.place.join(" › "),
        })
    }
}

fn now() -> i64 {
    Timestamp::now().as_second()
}

/// Remembers what waits for the operator.
pub(super) fn wait_for(asked: &Asked, agent: &str) -> io::Result<()> {
    let path = state::made("asked")?.join(format!("{}.json", asked.id));
    let value = json!({
        "id": asked.id, "command": asked.command, "cwd": asked.folder, "why": asked.why, "words": asked.words,
        "where": asked.place, "agent": agent, "asked": now(),
    });
    state::write(&path, value.to_string().as_bytes())
}

fn approval(id: &str) -> PathBuf {
    state::folder().join("approved").join(format!("{id}.json"))
}

/// Uses up an approval, if there is one for exactly this. The file goes before the command runs, so two
/// runs cannot share it.
pub(super) fn spend(asked: &Asked) -> bool {
    let path = approval(&asked.id);
    let Ok(text) = fs::read_to_string(&path) else { return false };
    if fs::remove_file(&path).is_err() {
        return false;
    }
    let value: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    let same = value["command"].as_str() == Some(asked.command.as_str())
        && value["cwd"].as_str() == Some(asked.folder.as_str());
    let until = value["until"].as_i64().unwrap_or(0);
    same && now() <= until
}

pub(super) fn run(arguments: &ApproveArguments, screen: &Screen) -> Ended {
    let Some(id) = &arguments.id else { return list(screen) };
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Failure::usage(format!("`{id}` is no id"), "`piton approve` lists what waits"));
    }
    let path = state::folder().join("asked").join(format!("{id}.json"));
    let asked: Value =
        fs::read_to_string(&path).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null);
    let Some(command) = asked["command"].as_str() else {
        return Err(Failure::new(
            Exit::Failed,
            "gate/nothing-asked",
            format!("nothing waits under {id}"),
            "`piton approve` lists what waits",
        ));
    };
    if arguments.refuse {
        fs::remove_file(&path).map_err(|error| Failure::file("remove", &path, &error))?;
        screen.say("refused; it is no longer listed");
        return Ok(Exit::Done);
    }
    operator::present(screen, "an approval")?;
    screen.answer(shown(&asked, command));
    let answer = screen.ask("Let exactly this run once, within ten minutes? Type yes: ");
    if answer.as_deref() != Some("yes") {
        screen.say("not approved");
        return Ok(Exit::Failed);
    }
    let approved = json!({ "command": command, "cwd": asked["cwd"], "until": now() + SECONDS });
    state::made("approved")
        .and_then(|_| state::write(&approval(id), approved.to_string().as_bytes()))
        .map_err(|error| Failure::file("write", &approval(id), &error))?;
    // It is listed for as long as it waits.
    let _ = fs::remove_file(&path);
    screen.say("approved; tell the agent to run exactly the same command again");
    Ok(Exit::Done)
}

fn shown(asked: &Value, command: &str) -> Page {
    let mut page = Page::default();
    let text = |key: &str| asked[key].as_str().unwrap_or_default().to_owned();
    for (name, value) in [
        ("agent", text("agent")),
        ("folder", text("cwd")),
        ("where", text("where")),
        ("words", text("words")),
        ("why", text("why")),
    ] {
        if !value.is_empty() {
            page.put(Ink::Dim, &format!("  {name:<8}")).put(Ink::Plain, &value).end();
        }
    }
    page.put(Ink::Dim, "  command").end();
    for line in command.lines() {
        page.put(Ink::Strong, &format!("    {line}")).end();
    }
    page
}

fn list(screen: &Screen) -> Ended {
    let mut rows = Vec::new();
    for entry in fs::read_dir(state::folder().join("asked")).into_iter().flatten().flatten() {
        let asked: Value = fs::read_to_string(entry.path())
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or(Value::Null);
        if now() - asked["asked"].as_i64().unwrap_or(0) > LISTED_SECONDS {
            // Nobody waits for it any more.
            let _ = fs::remove_file(entry.path());
            continue;
        }
        let text = |key: &str| asked[key].as_str().unwrap_or_default().to_owned();
        let first_line = redact(&text("command")).lines().next().unwrap_or_default().to_owned();
        rows.push(vec![
            (Ink::Strong, text("id")),
            (Ink::Plain, text("agent")),
            (Ink::Plain, text("cwd")),
            (Ink::Plain, first_line),
        ]);
    }
    match rows.is_empty() {
        true => screen.say("nothing waits for approval"),
        false => {
            screen.answer(table::view(&rows, screen.width()));
            screen.say("`piton approve ID` shows one whole, and asks; with --refuse it is no longer listed");
        }
    }
    Ok(Exit::Done)
}
