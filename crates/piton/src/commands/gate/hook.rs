//! `piton gate hook`: one event in, one answer out, within a few milliseconds.
//!
//! Whatever goes wrong here ends in a refusal: an agent that cannot be judged is not let through.

use super::approve::{self, Asked};
use super::log::{self, Asker};
use super::protocol::{self, Wanted};
use super::run as held;
use super::setting::{Disk, policy, request};
use crate::arguments::Agent;
use crate::exit::Exit;
use crate::failure::Ended;
use crate::print::Screen;
use piton_gate::{Effect, Finding, Judgement, Verdict, judge, judge_file};
use serde_json::{Value, json};
use std::io::Read;

/// More than any agent sends; the rest of it is not read.
pub(super) const LARGEST: u64 = 4 << 20;

/// What is told to the agent, in its own form: on stdout, or on stderr with exit code 2.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    event: Option<Value>,
    /// By which the agent's plugin knows that this is a refusal.
    words: Option<String>,
    /// For whoever reads the hook's stderr.
    said: Vec<String>,
}

impl Answer {
    pub(super) fn to_json(&self) -> Value {
        json!({ "event": self.event, "words": self.words, "said": self.said })
    }

    /// Nothing when it is no answer.
    pub(super) fn from_json(value: &Value) -> Option<Answer> {
        let said = value["said"].as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let event = Some(&value["event"]).filter(|event| !event.is_null()).cloned();
        Some(Answer { event, words: value["words"].as_str().map(str::to_owned), said })
    }

    fn refusal(agent: Agent, reason: &str) -> Answer {
        let (event, words) = protocol::refusal(agent, reason);
        Answer { event, words, said: Vec::new() }
    }

    fn nothing(agent: Agent) -> Answer {
        Answer { event: protocol::nothing_to_say(agent), ..Answer::default() }
    }
}

pub(super) fn run(agent: Agent, screen: &Screen) -> Ended {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes);
    let answer = if read.is_err() || bytes.len() as u64 > LARGEST {
        let refusal = Answer::refusal(agent, "piton gate: the event is too long to be read, so it is not judged");
        // Whoever is held cannot write the log: its keeper notes an event that is none.
        match held::ask(agent, "") {
            Some(_) => refusal,
            None => Answer { said: log_unread(agent, bytes.len()).into_iter().collect(), ..refusal },
        }
    } else {
        let text = String::from_utf8_lossy(&bytes);
        match held::ask(agent, &text) {
            None => answer(agent, &text, false),
            Some(Ok(answer)) => answer,
            Some(Err(error)) => {
                let reason = format!(
                    "piton gate: `piton gate run`, which judges for this session, does not answer ({error}), so nothing is judged. Instead: ask the operator to start the session again"
                );
                Answer::refusal(agent, &reason)
            }
        }
    };
    for line in &answer.said {
        screen.say(line);
    }
    if let Some(event) = &answer.event {
        screen.event(event);
    }
    Ok(match &answer.words {
        Some(words) => {
            screen.say_lines(words);
            Exit::Usage
        }
        None => Exit::Done,
    })
}

/// Judges an event, logs it, and gives the answer. Where the log is held against the agent, nothing passes unlogged.
pub(super) fn answer(agent: Agent, text: &str, must_be_logged: bool) -> Answer {
    let event = protocol::event(agent, text);
    let (policy, problems) = policy(event.folder.as_deref());
    let note: String = problems.iter().map(|problem| format!("\nNote: {problem}")).collect();
    let mut said: Vec<String> = problems.into_iter().map(|problem| format!("piton gate: {problem}")).collect();
    let about = request(String::new(), event.folder.clone());
    let (command, judgement) = match event.wanted {
        Wanted::Other => return Answer { said, ..Answer::nothing(agent) },
        Wanted::Unreadable => {
            let reason = format!(
                "piton gate: this is not the form that {} sends, so it is not judged; is piton older than the agent?",
                agent.name()
            );
            said.extend(log_unread(agent, text.len()));
            return Answer { said, ..Answer::refusal(agent, &reason) };
        }
        Wanted::Command(command) => {
            let about = request(command.clone(), event.folder.clone());
            (command, judge(&about, &policy, &Disk::new()))
        }
        Wanted::Write(paths) => {
            let judged = paths.iter().map(|path| judge_file(path, true, &about, &policy, &Disk::new()));
            (format!("[write] {}", paths.join(" ")), Judgement::all(judged))
        }
        Wanted::Read(path) => (format!("[read] {path}"), judge_file(&path, false, &about, &policy, &Disk::new())),
    };
    let folder = event.folder.unwrap_or_default();
    let asked = Asked::new(&command, &folder, &judgement);
    let approval = asked.as_ref().filter(|asked| approve::spend(asked)).map(|asked| asked.id.clone());
    let asker = Asker {
        agent: agent.name(),
        session: &event.session,
        folder: &folder,
        mode: &event.mode,
        approval: approval.as_deref(),
    };
    if let Err(error) = log::append(&command, &judgement, &asker) {
        if must_be_logged {
            let reason = format!(
                "piton gate: the log cannot be written ({error}), so nothing passes. Instead: ask the operator to look"
            );
            return Answer { said, ..Answer::refusal(agent, &reason) };
        }
        said.push(format!("piton gate: the log cannot be written: {error}"));
    }
    if judgement.verdict == Verdict::Allow || approval.is_some() {
        return Answer { said, ..Answer::nothing(agent) };
    }
    if let Some(asked) = &asked
        && let Err(error) = approve::wait_for(asked, agent.name())
    {
        said.push(format!("piton gate: what waits for approval cannot be written: {error}"));
    }
    Answer { said, ..Answer::refusal(agent, &format!("{}{note}", reason(&judgement, asked.as_ref()))) }
}

/// Notes that something came that could not be read: how long it was, and nothing of it, since it may hold anything.
fn log_unread(agent: Agent, length: usize) -> Option<String> {
    let finding = Finding {
        verdict: Verdict::Deny,
        effect: Effect::Unknown,
        rule: "hook/unreadable".to_owned(),
        words: String::new(),
        place: Vec::new(),
        why: "the event could not be read".to_owned(),
        instead: String::new(),
    };
    let judgement = Judgement { verdict: Verdict::Deny, findings: vec![finding] };
    let asker = Asker { agent: agent.name(), ..Asker::default() };
    let written = log::append(&format!("[unreadable] {length} bytes"), &judgement, &asker);
    written.err().map(|error| format!("piton gate: the log cannot be written: {error}"))
}

/// What the agent is told.
fn reason(judgement: &Judgement, asked: Option<&Asked>) -> String {
    let Some(finding) = judgement.decisive() else { return String::new() };
    let place = if finding.place.is_empty() { String::new() } else { format!(" on {}", finding.place.join(", ")) };
    let mut reason = format!("piton gate ({}): {}{place}. Because of: {}", finding.rule, finding.why, finding.words);
    match asked {
        Some(asked) => reason.push_str(&format!(
            "\nThis needs the operator. Show them this line, and wait: piton approve {}\nThey run it on a terminal of their own; then run exactly the same command again. Or: {}",
            asked.id, finding.instead
        )),
        None => reason.push_str(&format!("\nInstead: {}", finding.instead)),
    }
    reason
}
