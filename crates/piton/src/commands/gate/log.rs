//! The log: every judged command, one JSON object a line, each with the digest of the one before it.
//!
//! A line that is changed, left out or put in breaks the chain from there on, and `--verify` names
//! it. Cutting lines off at the end does not show in the chain: keep the last digest elsewhere, or let another
//! user own the file, if that matters. Secrets are hidden before a line is written.

use super::setting::{self, now};
use super::state;
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::page::Page;
use crate::print::text::Ink;
use crate::print::{Screen, table};
use jiff::Timestamp;
use piton_gate::{Judgement, redact};
use rustix::fs::{FlockOperation, flock};
use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

/// What the first line names as the one before it.
const BEGINNING: &str = "beginning";

/// Longer commands are cut in the log; their digest is of the whole.
const LONGEST: usize = 4000;

/// Who wanted to run something, and where.
#[derive(Debug, Default)]
pub(super) struct Asker<'a> {
    pub(super) agent: &'a str,
    pub(super) session: &'a str,
    pub(super) folder: &'a str,
    pub(super) mode: &'a str,
    /// The id of an approval that let it pass.
    pub(super) approval: Option<&'a str>,
}

fn path() -> PathBuf {
    state::folder().join("log.jsonl")
}

/// Writes a line.
pub(super) fn append(command: &str, judgement: &Judgement, asker: &Asker) -> io::Result<()> {
    state::made("")?;
    let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path())?;
    flock(&file, FlockOperation::LockExclusive)?;
    let before = last_digest(&mut file)?;
    let decisive = judgement.decisive();
    // Cut before and after: hiding a secret may make the text longer, or shorter.
    let beginning: String = command.chars().take(LONGEST).collect();
    let shown: String = redact(&beginning).chars().take(LONGEST).collect();
    let mut line = json!({
        "time": now(),
        "verdict": judgement.verdict.name(),
        "rule": decisive.map(|finding| finding.rule.as_str()),
        "effect": decisive.map(|finding| finding.effect.name()),
        "command": shown,
        "command_digest": state::digest(&[command]),
        "where": decisive.map(|finding| finding.place.join(" › ")).filter(|place| !place.is_empty()).unwrap_or_else(|| "here".to_owned()),
        "cwd": asker.folder,
        "agent": asker.agent,
        "session": asker.session,
        "mode": asker.mode,
        "approval": asker.approval,
        "user": user(),
        "before": before,
    });
    let digest = state::digest(&[&line.to_string()]);
    line["digest"] = digest.into();
    file.write_all(format!("{line}\n").as_bytes())
}

/// Whose process this is, by name where that is told, and by number otherwise: some agents start hooks without `USER`.
fn user() -> String {
    let named = ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok().filter(|name| !name.is_empty()));
    named.unwrap_or_else(|| rustix::process::getuid().as_raw().to_string())
}

/// The digest in the last line.
fn last_digest(file: &mut File) -> io::Result<String> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(64 * 1024)))?;
    let mut bytes = Vec::new();
    file.take(64 * 1024).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let last = text.lines().rev().find(|line| !line.trim().is_empty());
    let value: Option<Value> = last.and_then(|line| serde_json::from_str(line).ok());
    let digest = value.as_ref().and_then(|value| value["digest"].as_str());
    Ok(digest.map_or_else(|| if length == 0 { BEGINNING.to_owned() } else { "broken".to_owned() }, str::to_owned))
}

pub(super) fn show(since: Option<&str>, stopped: bool, verify: bool, screen: &Screen) -> Ended {
    let file = match File::open(path()) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            screen.say("nothing was judged yet; `piton gate install --for AGENT` puts the hook in place");
            return Ok(Exit::Done);
        }
        Err(error) => return Err(Failure::file("read", &path(), &error)),
    };
    if verify {
        return check_chain(file, screen);
    }
    let from = since.map(instant_before).transpose()?;
    let mut rows = Vec::new();
    for line in BufReader::new(file).lines() {
        let line = line.map_err(|error| Failure::file("read", &path(), &error))?;
        let Ok(value) = serde_json::from_str::<Value>(&line) else { continue };
        let time = value["time"].as_str().unwrap_or_default();
        if from.as_deref().is_some_and(|from| time < from) || stopped && value["verdict"] == "allow" {
            continue;
        }
        match screen.is_json() {
            true => screen.event(&value),
            false => rows.push(row(&value)),
        }
    }
    if !screen.is_json() {
        screen.answer(table::view(&rows, screen.width()));
    }
    Ok(Exit::Done)
}

fn row(value: &Value) -> Vec<(Ink, String)> {
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let ink = match value["verdict"].as_str() {
        Some("allow") => Ink::Good,
        Some("ask") => Ink::Warning,
        _ => Ink::Error,
    };
    let verdict = if value["approval"].is_string() { "approved".to_owned() } else { text("verdict") };
    let first_line = text("command").lines().next().unwrap_or_default().to_owned();
    vec![
        (Ink::Dim, text("time")),
        (ink, verdict),
        (Ink::Plain, text("agent")),
        (Ink::Plain, text("rule")),
        (Ink::Plain, first_line),
    ]
}

fn check_chain(file: File, screen: &Screen) -> Ended {
    let mut before = BEGINNING.to_owned();
    let mut count = 0usize;
    for line in BufReader::new(file).lines() {
        let line = line.map_err(|error| Failure::file("read", &path(), &error))?;
        count += 1;
        let broken = |what: &str| {
            let what = format!("{}: line {count} {what}", path().display());
            Failure::new(
                Exit::Failed,
                "gate/log-broken",
                what,
                "the lines before it are as they were written; ask who else writes there",
            )
        };
        let mut value: Value = serde_json::from_str(&line).map_err(|_| broken("is no line of the log"))?;
        let digest = value.as_object_mut().and_then(|object| object.shift_remove("digest"));
        if value["before"].as_str() != Some(before.as_str()) {
            return Err(broken("does not follow from the line before it"));
        }
        let computed = state::digest(&[&value.to_string()]);
        if digest.as_ref().and_then(Value::as_str) != Some(computed.as_str()) {
            return Err(broken("was changed"));
        }
        before = computed;
    }
    let mut page = Page::default();
    page.put(Ink::Good, "whole")
        .put(Ink::Plain, &format!(": {count} lines, the last is {}", before.chars().take(16).collect::<String>()))
        .end();
    screen.answer(page);
    Ok(Exit::Done)
}

/// `2h` as the instant two hours ago.
fn instant_before(age: &str) -> Result<String, Failure> {
    let from = Timestamp::now().checked_sub(setting::age(age)?);
    let from = from.map_err(|_| Failure::usage(format!("`{age}` is too long ago"), "write it as 30m, 2h or 7d"))?;
    Ok(from.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
