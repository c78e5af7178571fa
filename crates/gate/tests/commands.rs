//! The lists of commands that must be stopped, and of those that must pass.
//!
//! They were written from the families and from the ways around a gate, before the rules were.
#![allow(clippy::unwrap_used, reason = "tests, also outside of their #[test] functions")]

use piton_gate::{Judgement, NoFiles, Policy, Request, Verdict, judge};

const STOP: [&str; 2] = [include_str!("commands/stop.txt"), include_str!("commands/stop_operations.txt")];
const PASS: [&str; 2] = [include_str!("commands/pass.txt"), include_str!("commands/pass_operations.txt")];

fn judged(command: &str) -> Judgement {
    let request = Request { command: command.replace('⏎', "\n"), ..Request::default() };
    judge(&request, &Policy::default(), &NoFiles)
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with("# "))
}

#[test]
fn what_must_be_stopped_is_stopped() {
    let mut wrong = Vec::new();
    for line in STOP.iter().flat_map(|text| lines(text)) {
        let (expected, command) = line.split_once('\t').unwrap();
        let given = judged(command).verdict;
        if given.name() != expected {
            wrong.push(format!("{} instead of {expected}: {command}", given.name()));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn everyday_work_passes() {
    let mut wrong = Vec::new();
    for command in PASS.iter().flat_map(|text| lines(text)) {
        let judgement = judged(command);
        if let Some(finding) = judgement.decisive() {
            wrong.push(format!("{} ({}: {}): {command}", finding.verdict.name(), finding.rule, finding.why));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(judged("# ip link set eth0 down").verdict, Verdict::Allow);
}
