//! `piton gate install`, `uninstall` and `status`: the hook in an agent's own configuration.
//!
//! What is put in is one run of bytes, remembered in the gate's folder; taking it out takes out
//! exactly that. Everything else in the file stays byte for byte, and the change is shown first.

use super::{splice, state};
use crate::arguments::{Agent, ConfigureArguments};
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::page::Page;
use crate::print::text::{Ink, shell_word};
use crate::print::{Screen, json, table};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Larger files are no settings.
const LARGEST: u64 = 4 << 20;

/// The plugin that makes OpenCode ask the gate: it has no hooks that are commands.
const PLUGIN: &str = include_str!("opencode.js");

/// How an agent is told of the hook.
enum Form {
    /// An entry of a list in a JSON file.
    Entry { path: &'static [&'static str], entry: Value },
    /// A file of its own.
    Plugin { text: String },
}

fn form(agent: Agent, piton: &str) -> Form {
    let command = format!("{} gate hook --for {}", shell_word(piton), agent.name());
    let claude_like = |matcher: &str, timeout: u32| json!({ "matcher": matcher, "hooks": [{ "type": "command", "command": command, "timeout": timeout }] });
    match agent {
        Agent::ClaudeCode => Form::Entry {
            path: &["hooks", "PreToolUse"],
            entry: claude_like("Bash|Monitor|PowerShell|Write|Edit|MultiEdit|NotebookEdit|Read", 10),
        },
        Agent::Codex => Form::Entry {
            path: &["hooks", "PreToolUse"],
            entry: claude_like("Bash|apply_patch|exec_command|shell", 10),
        },
        Agent::Gemini => Form::Entry {
            path: &["hooks", "BeforeTool"],
            entry: claude_like("run_shell_command|write_file|replace|read_file", 10_000),
        },
        Agent::Cursor => Form::Entry { path: &["hooks", "beforeShellExecution"], entry: json!({ "command": command }) },
        Agent::Opencode => Form::Plugin { text: PLUGIN.replace("@PITON@", &json!(piton).to_string()) },
    }
}

pub(super) fn file_of(agent: Agent) -> PathBuf {
    let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_else(|| "/root".into()));
    match agent {
        Agent::ClaudeCode => home.join(".claude/settings.json"),
        Agent::Codex => home.join(".codex/hooks.json"),
        Agent::Gemini => home.join(".gemini/settings.json"),
        Agent::Cursor => home.join(".cursor/hooks.json"),
        Agent::Opencode => home.join(".config/opencode/plugin/piton-gate.js"),
    }
}

/// What is remembered of an installation.
fn record_path(agent: Agent) -> PathBuf {
    state::folder().join("installed").join(format!("{}.json", agent.name()))
}

fn record(agent: Agent) -> Option<Value> {
    fs::read_to_string(record_path(agent)).ok().and_then(|text| serde_json::from_str(&text).ok())
}

/// The text of a file; none when it is not there.
fn read(path: &Path) -> Result<Option<String>, Failure> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.len() > LARGEST => {
            let what = format!("{} is larger than any settings", path.display());
            return Err(Failure::new(Exit::Failed, "gate/settings", what, "name the right file with --file"));
        }
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::file("read", path, &error)),
    }
    fs::read_to_string(path).map(Some).map_err(|error| Failure::file("read", path, &error))
}

pub(super) fn install(arguments: &ConfigureArguments, screen: &Screen) -> Ended {
    let agent = arguments.agent;
    let asked = arguments.file.clone().unwrap_or_else(|| file_of(agent));
    // A link is followed, so that what it points to is changed and not replaced.
    let path = fs::canonicalize(&asked).unwrap_or(asked);
    let before = read(&path)?;
    let piton = std::env::current_exe().map_err(|error| Failure::file("find", Path::new("piton"), &error))?;
    let piton = piton.display().to_string();
    if let Some(known) = record(agent)
        && is_in_place(&known)
    {
        screen.say(&format!("already in {}", known["file"].as_str().unwrap_or_default()));
        return Ok(Exit::Done);
    }
    let old = before.clone().unwrap_or_default();
    let (text, put_in) = match form(agent, &piton) {
        Form::Plugin { .. } if before.is_some() => {
            let what = format!("{} is there and not piton's", path.display());
            return Err(Failure::new(
                Exit::Failed,
                "gate/settings",
                what,
                "move it away, or name another file with --file",
            ));
        }
        Form::Plugin { text } => (text.clone(), text),
        Form::Entry { path: keys, entry } => {
            let spliced = splice::put_first(&old, keys, &entry).map_err(|what| {
                let what = format!("{} cannot be changed: {what}", path.display());
                let help = format!("put this by hand into the list `{}`: {entry}", keys.join("."));
                Failure::new(Exit::Failed, "gate/settings", what, help)
            })?;
            (spliced.text, spliced.put_in)
        }
    };
    // A file of hooks that piton makes has a version where the agent wants one.
    let (text, put_in) =
        if agent == Agent::Cursor && old.trim().is_empty() { with_version(&text) } else { (text, put_in) };
    if !agreed(&path, &old, &text, arguments, screen)? {
        return Ok(Exit::Failed);
    }
    // The record first: what is in the file can then always be taken out.
    let note =
        json!({ "file": path.display().to_string(), "put_in": put_in, "made": before.is_none(), "piton": piton });
    let written = state::made("installed").and_then(|_| state::write(&record_path(agent), note.to_string().as_bytes()));
    written.map_err(|error| Failure::file("write", &record_path(agent), &error))?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| Failure::file("make", folder, &error))?;
    }
    state::write(&path, text.as_bytes()).map_err(|error| Failure::file("write", &path, &error))?;
    screen.say(&format!("{} asks the gate from its next start on", agent.name()));
    if agent == Agent::Codex {
        screen.say("Codex runs a new hook only after you trusted it: start it and use /hooks");
    }
    Ok(Exit::Done)
}

/// Cursor reads `version` beside `hooks`.
fn with_version(text: &str) -> (String, String) {
    let text = text.replacen("{\n", "{\n  \"version\": 1,\n", 1);
    (text.clone(), text)
}

pub(super) fn uninstall(arguments: &ConfigureArguments, screen: &Screen) -> Ended {
    let agent = arguments.agent;
    let Some(known) = record(agent) else {
        screen.say(&format!("piton put nothing into the settings of {}", agent.name()));
        return Ok(Exit::Done);
    };
    let path = arguments.file.clone().unwrap_or_else(|| PathBuf::from(known["file"].as_str().unwrap_or_default()));
    let put_in = known["put_in"].as_str().unwrap_or_default();
    if let Some(old) = read(&path)? {
        let Some(text) = splice::take_out(&old, put_in) else {
            let what = format!("{} no longer has the hook as piton put it in", path.display());
            let help = format!("take it out by hand, then remove {}", record_path(agent).display());
            return Err(Failure::new(Exit::Failed, "gate/settings", what, help));
        };
        if !agreed(&path, &old, &text, arguments, screen)? {
            return Ok(Exit::Failed);
        }
        let made_by_piton = known["made"].as_bool() == Some(true) && text.is_empty();
        let done = if made_by_piton { fs::remove_file(&path) } else { state::write(&path, text.as_bytes()) };
        done.map_err(|error| Failure::file("write", &path, &error))?;
    }
    fs::remove_file(record_path(agent)).map_err(|error| Failure::file("remove", &record_path(agent), &error))?;
    screen.say(&format!("{} no longer asks the gate from its next start on", agent.name()));
    Ok(Exit::Done)
}

/// Shows the change; asks unless it was agreed to before.
fn agreed(path: &Path, old: &str, new: &str, arguments: &ConfigureArguments, screen: &Screen) -> Result<bool, Failure> {
    screen.answer(difference(path, old, new));
    if arguments.dry_run {
        return Ok(false);
    }
    if arguments.yes {
        return Ok(true);
    }
    if !screen.can_ask() {
        return Err(Failure::usage("nobody is there to agree to the change", "--yes agrees, --dry-run only shows it"));
    }
    Ok(screen.ask("Make this change? Type yes: ").as_deref() == Some("yes"))
}

fn difference(path: &Path, old: &str, new: &str) -> Page {
    let mut page = Page::default();
    page.put(Ink::Strong, &path.display().to_string()).end();
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let same_before = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let left = old.len().min(new.len()) - same_before;
    let same_after = old.iter().rev().zip(new.iter().rev()).take(left).take_while(|(old, new)| old == new).count();
    for line in &old[same_before..old.len() - same_after] {
        page.put(Ink::Remove, &format!("  - {}", untabbed(line))).end();
    }
    for line in &new[same_before..new.len() - same_after] {
        page.put(Ink::Add, &format!("  + {}", untabbed(line))).end();
    }
    page
}

/// A tab as blanks: what is shown of a file has no letters that move the cursor.
fn untabbed(line: &str) -> String {
    line.replace('\t', "    ")
}

fn is_in_place(known: &Value) -> bool {
    let text = known["file"].as_str().and_then(|path| fs::read_to_string(path).ok());
    let put_in = known["put_in"].as_str().unwrap_or_default();
    text.is_some_and(|text| !put_in.is_empty() && text.contains(put_in))
        && known["piton"].as_str().is_some_and(|piton| Path::new(piton).exists())
}

pub(super) fn status(screen: &Screen) -> Ended {
    let states: Vec<(Agent, &str, String)> = Agent::ALL
        .into_iter()
        .map(|agent| match record(agent) {
            Some(known) => {
                let file = known["file"].as_str().unwrap_or_default().to_owned();
                (agent, if is_in_place(&known) { "in place" } else { "gone" }, file)
            }
            None => (agent, "not installed", String::new()),
        })
        .collect();
    match screen.is_json() {
        true => {
            let agent = |(agent, state, file): &(Agent, &str, String)| json!({ "agent": agent.name(), "state": state, "file": file });
            screen.answer_json(&json::object(
                "piton.gate-status/1",
                json!({ "agents": states.iter().map(agent).collect::<Vec<_>>() }),
            ));
        }
        false => {
            let row = |(agent, state, file): &(Agent, &str, String)| {
                let ink = if *state == "in place" {
                    Ink::Good
                } else if *state == "gone" {
                    Ink::Error
                } else {
                    Ink::Dim
                };
                vec![(Ink::Strong, agent.name().to_owned()), (ink, (*state).to_owned()), (Ink::Plain, file.clone())]
            };
            screen.answer(table::view(&states.iter().map(row).collect::<Vec<_>>(), screen.width()));
        }
    }
    Ok(if states.iter().any(|(_, state, _)| *state == "gone") { Exit::Failed } else { Exit::Done })
}
