//! `piton gate hook`: one event in, one answer out, within a few milliseconds.
//!
//! Whatever goes wrong here ends in a refusal: an agent that cannot be judged is not let through.

use super::approve::{self, Asked};
use super::log::{self, Asker};
use super::protocol::{self, Wanted};
use super::setting::{Disk, policy, request};
use crate::arguments::Agent;
use crate::exit::Exit;
use crate::failure::Ended;
use crate::print::Screen;
use piton_gate::{Judgement, Verdict, judge, judge_file};
use std::io::Read;

/// More than any agent sends; the rest of it is not read.
const LARGEST: u64 = 4 << 20;

pub(super) fn run(agent: Agent, screen: &Screen) -> Ended {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    if read.is_err() || bytes.len() as u64 > LARGEST {
        return Ok(refuse(agent, "piton gate: the event is too long to be read, so it is not judged", screen));
    }
    let event = protocol::event(agent, &text);
    let (policy, problems) = policy(event.folder.as_deref());
    for problem in problems {
        screen.say(&format!("piton gate: {problem}"));
    }
    let about = request(String::new(), event.folder.clone());
    let (command, judgement) = match event.wanted {
        Wanted::Other => return Ok(pass(agent, screen)),
        Wanted::Unreadable => {
            let reason = format!(
                "piton gate: this is not the form that {} sends, so it is not judged; is piton older than the agent?",
                agent.name()
            );
            return Ok(refuse(agent, &reason, screen));
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
        screen.say(&format!("piton gate: the log cannot be written: {error}"));
    }
    if judgement.verdict == Verdict::Allow || approval.is_some() {
        return Ok(pass(agent, screen));
    }
    if let Some(asked) = &asked
        && let Err(error) = approve::wait_for(asked, agent.name())
    {
        screen.say(&format!("piton gate: what waits for approval cannot be written: {error}"));
    }
    Ok(refuse(agent, &reason(&judgement, asked.as_ref()), screen))
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

fn pass(agent: Agent, screen: &Screen) -> Exit {
    if let Some(answer) = protocol::nothing_to_say(agent) {
        screen.event(&answer);
    }
    Exit::Done
}

fn refuse(agent: Agent, reason: &str, screen: &Screen) -> Exit {
    let (answer, words) = protocol::refusal(agent, reason);
    if let Some(answer) = answer {
        screen.event(&answer);
    }
    match words {
        Some(words) => {
            screen.say_lines(&words);
            // By which the agent's plugin knows that this is a refusal.
            Exit::Usage
        }
        None => Exit::Done,
    }
}
