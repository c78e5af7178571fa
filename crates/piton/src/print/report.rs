//! How it ended on every host, after a plan was applied.

use super::page::Page;
use super::text::{Ink, Text, count};
use piton_host::fleet::{HostOutcome, HostReport};
use piton_host::system::{Fault, FaultCode};
use piton_host::wire::Holder;
use std::time::Duration;

/// The summary: a line for each host, and under it why and what to do.
pub(crate) fn view(reports: &[HostReport], took: Duration, width: usize) -> Page {
    let mut text = Text::new(width);
    let longest = reports.iter().map(|report| report.host.chars().count()).max().unwrap_or(0);
    let margin = 2 + longest + 2;
    for report in reports {
        let (ink, words, more) = outcome(report);
        text.spaces(2).put(Ink::Strong, &report.host).column(margin).wrap(ink, &words, margin).end();
        for line in more {
            text.spaces(margin).wrap(Ink::Plain, &line, margin).end();
        }
    }
    let good = reports.iter().filter(|report| report.outcome.is_good()).count();
    let (ink, summary) = match good == reports.len() {
        true => (Ink::Good, format!("Done: {} in {}.", count(good, "host"), seconds(took))),
        false => (Ink::Error, format!("{good} of {} done in {}.", count(reports.len(), "host"), seconds(took))),
    };
    text.put(ink, &summary).end();
    text.done()
}

/// One host's outcome: its ink, its sentence, and further lines.
fn outcome(report: &HostReport) -> (Ink, String, Vec<String>) {
    let steps = count(report.steps, "step");
    match &report.outcome {
        HostOutcome::Unchanged => (Ink::Dim, "untouched: it is as the site says".into(), Vec::new()),
        HostOutcome::Kept { by } => (Ink::Good, format!("done: {steps}, and proved as {by}"), Vec::new()),
        HostOutcome::Undone { because } => {
            let why = match because.code {
                FaultCode::Unhealthy => "what was started is not healthy",
                _ => "a step failed",
            };
            (Ink::Error, format!("undone: {why}, and all of it was put back"), fault(because))
        }
        HostOutcome::Reverted { because } => {
            let more = vec![because.clone(), "help: the host is as it was before; `piton plan` to look again".into()];
            (Ink::Error, "undone: no new connection confirmed it, and the host put all of it back".into(), more)
        }
        HostOutcome::Stuck { because, undo } => {
            let mut more = fault(because);
            more.push("and putting it back failed as well:".into());
            more.extend(fault(undo));
            more.push(format!("help: `piton history {0}` names the steps; `piton plan {0}` what is left", report.host));
            (Ink::Error, "STUCK: neither as before nor as planned".into(), more)
        }
        HostOutcome::Locked { holder } => {
            (Ink::Warning, locked(holder), vec!["help: wait for it with `--wait`, or ask them".into()])
        }
        HostOutcome::Refused { because } => (Ink::Error, "untouched: the host refused the plan".into(), fault(because)),
        HostOutcome::Unreachable { because, help } => {
            let mut more = vec![because.clone()];
            more.extend(help.iter().map(|help| format!("help: {help}")));
            (Ink::Error, "untouched: not reached".into(), more)
        }
        HostOutcome::Unknown { because } => {
            let help = format!("help: when it answers again, `piton history {}` says what became of it", report.host);
            (Ink::Error, "unknown: the session was lost in the middle".into(), vec![because.clone(), help])
        }
        HostOutcome::Interrupted { because, done } => {
            let help = format!("help: `piton plan {}` starts from what is there now", report.host);
            (
                Ink::Error,
                format!("interrupted: the host half died after {done} of {steps}"),
                vec![because.clone(), help],
            )
        }
        HostOutcome::Waiting { waits } => {
            let mut more = waits.clone();
            more.push("help: once the other host answers, `piton plan` goes on from there".into());
            (Ink::Warning, "untouched: it waits for another host".into(), more)
        }
        HostOutcome::Untouched => {
            (Ink::Warning, "untouched: another host failed, and the site says to stop then".into(), Vec::new())
        }
    }
}

fn fault(fault: &Fault) -> Vec<String> {
    let mut lines = vec![fault.to_string()];
    lines.extend(fault.help.iter().map(|help| format!("help: {help}")));
    lines
}

pub(crate) fn locked(holder: &Holder) -> String {
    let age = span(Duration::from_secs(holder.age));
    format!("locked by {} for {age}: {}", holder.operator, holder.reason)
}

/// `0.4 s`, `12 s`, `3 min`.
pub(crate) fn seconds(took: Duration) -> String {
    match took.as_secs() {
        0..10 => format!("{:.1} s", took.as_secs_f64()),
        _ => span(took),
    }
}

fn span(took: Duration) -> String {
    match took.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7200 => format!("{} min", seconds / 60),
        seconds @ 7200..172_800 => format!("{} h", seconds / 3600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_says_where_the_host_stands_and_what_to_do() {
        let fault = || Fault::new(FaultCode::DiskFull, "cannot write /etc/motd").help("make room, then apply again");
        let holder = Holder { operator: "ada@desk".into(), reason: "piton apply".into(), pid: 7, since: 0, age: 150 };
        let outcomes = [
            HostOutcome::Unchanged,
            HostOutcome::Kept { by: "adminclaw@203.0.113.10:222".into() },
            HostOutcome::Undone { because: fault() },
            HostOutcome::Undone { because: Fault::new(FaultCode::Unhealthy, "the container caddy of infra is gone") },
            HostOutcome::Reverted { because: "a new connection as adminclaw@203.0.113.10:222 did not open".into() },
            HostOutcome::Stuck { because: fault(), undo: fault() },
            HostOutcome::Locked { holder },
            HostOutcome::Refused { because: fault() },
            HostOutcome::Unreachable { because: "nothing answers".into(), help: Some("is it up?".into()) },
            HostOutcome::Interrupted { because: "the session was lost".into(), done: 2 },
            HostOutcome::Unknown { because: "the session was lost".into() },
            HostOutcome::Waiting { waits: vec!["waits for `observe`, whose key is not known yet".into()] },
            HostOutcome::Untouched,
        ];
        let reports: Vec<HostReport> = outcomes
            .into_iter()
            .enumerate()
            .map(|(number, outcome)| HostReport { host: format!("host-{number:02}"), steps: 3, outcome })
            .collect();
        let view = view(&reports, Duration::from_secs(31), 80);
        insta::assert_snapshot!(anstream::adapter::strip_str(&view).to_string());
    }

    #[test]
    fn spans_of_time_read_as_people_say_them() {
        let words = [0.42, 9.9, 12.0, 300.0, 8000.0, 400_000.0].map(|secs| seconds(Duration::from_secs_f64(secs)));
        assert_eq!(words, ["0.4 s", "9.9 s", "12 s", "5 min", "2 h", "4 days"]);
    }
}
