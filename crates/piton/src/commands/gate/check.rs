//! `piton gate check`: judges a command and says why; judges many from JSON lines.

use super::setting::{Disk, policy, request};
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::page::Page;
use crate::print::text::Ink;
use crate::print::{Screen, json};
use piton_gate::{Belongs, Environment, Finding, Judgement, Policy, Verdict, judge};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::io::{BufRead, Read};

/// A longer line of a batch is not read.
const LONGEST_LINE: u64 = 4 << 20;

pub(super) fn one(words: &[String], cwd: Option<String>, screen: &Screen) -> Ended {
    let here = || std::env::current_dir().ok().map(|path| path.display().to_string());
    let folder = cwd.or_else(here);
    let (policy, problems) = policy(folder.as_deref());
    for problem in &problems {
        screen.say(&format!("warning: {problem}"));
    }
    let command = match words {
        [whole] => whole.clone(),
        several => several.iter().map(|word| as_written(word)).collect::<Vec<_>>().join(" "),
    };
    let judgement = judge(&request(command, folder), &policy, &Disk::new());
    match screen.is_json() {
        true => screen.answer_json(&json::object("piton.gate/1", answer(&judgement, &problems, true))),
        false => screen.answer(as_words(&judgement)),
    }
    Ok(if judgement.verdict == Verdict::Allow { Exit::Done } else { Exit::Failed })
}

/// A word as it has to be written so that the shell takes it as it is.
fn as_written(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./=:,+@%".contains(letter);
    match word.chars().all(plain) && !word.is_empty() {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

pub(super) fn batch(cwd: Option<&str>, screen: &Screen) -> Ended {
    let (mut known, mut read) = (None, String::new());
    let mut input = std::io::stdin().lock();
    loop {
        read.clear();
        let length = (&mut input).take(LONGEST_LINE).read_line(&mut read).map_err(|error| {
            Failure::new(Exit::Usage, "gate/batch", format!("cannot read stdin: {error}"), "send JSON lines in UTF-8")
        })?;
        if length == 0 {
            return Ok(Exit::Done);
        }
        let line: Value = serde_json::from_str(&read).unwrap_or(Value::Null);
        let Some(command) = line["command"].as_str() else {
            let why = match read.trim().is_empty() {
                true => "the line is empty",
                false => "the line is no JSON object with a `command`",
            };
            screen.event(&json!({ "verdict": "ask", "rule": "batch/unreadable", "effect": "unknown", "words": "",
                "why": why, "instead": "send {\"command\": \"…\"}" }));
            continue;
        };
        let folder = line["cwd"].as_str().or(cwd).map(str::to_owned);
        // Most batches are about one folder.
        if known.as_ref().is_none_or(|(of, _)| *of != folder) {
            known = Some((folder.clone(), policy(folder.as_deref())));
        }
        let mut request = request(command.to_owned(), folder);
        for (name, value) in line["env"].as_object().into_iter().flatten() {
            if let Some(value) = value.as_str() {
                request.variables.insert(name.clone(), value.to_owned());
            }
        }
        if let Some((_, (policy, problems))) = &known {
            let named = line["env"].as_str().and_then(Environment::from_name);
            let policy = named.map_or(Cow::Borrowed(policy), |named| Cow::Owned(in_environment(policy, named)));
            screen.event(&answer(&judge(&request, &policy, &Disk::new()), problems, false));
        }
    }
}

/// As if this machine, whatever it is called, were of an environment.
fn in_environment(policy: &Policy, environment: Environment) -> Policy {
    let mut policy = policy.clone();
    let hostname = policy.hostname.get_or_insert_with(|| "here".to_owned()).clone();
    policy.belongs.insert(0, Belongs { environment, host: Some(hostname), path: None });
    policy
}

/// The decisive finding, and with `all` every one; with what is wrong in the settings.
fn answer(judgement: &Judgement, notes: &[String], all: bool) -> Value {
    let text = |of: fn(&Finding) -> &str| judgement.decisive().map_or("", of).to_owned();
    let mut answer = json!({
        "verdict": judgement.verdict.name(),
        "rule": text(|finding| &finding.rule),
        "effect": text(|finding| finding.effect.name()),
        "words": text(|finding| &finding.words),
        "why": text(|finding| &finding.why),
        "instead": text(|finding| &finding.instead),
    });
    if all && let Some(answer) = answer.as_object_mut() {
        answer.insert("findings".into(), json::value(&judgement.findings));
    }
    // Why everything counts as prod, where it does.
    if !notes.is_empty()
        && let Some(answer) = answer.as_object_mut()
    {
        answer.insert("notes".into(), json!(notes));
    }
    answer
}

fn as_words(judgement: &Judgement) -> Page {
    let mut page = Page::default();
    if judgement.findings.is_empty() {
        page.put(Ink::Good, "allow").end();
    }
    for finding in &judgement.findings {
        let ink = if finding.verdict == Verdict::Deny { Ink::Error } else { Ink::Warning };
        page.put(ink, finding.verdict.name()).put(Ink::Plain, "  ").put(Ink::Strong, finding.effect.name());
        page.put(Ink::Plain, &format!(": {}", finding.why)).end();
        row(&mut page, "words", &finding.words);
        if !finding.place.is_empty() {
            row(&mut page, "where", &finding.place.join(" › "));
        }
        row(&mut page, "rule", &finding.rule);
        row(&mut page, "instead", &finding.instead);
    }
    page
}

fn row(page: &mut Page, name: &str, value: &str) {
    page.put(Ink::Dim, &format!("  {name:<9}")).put(Ink::Plain, value).end();
}
