//! The lists of commands that must be stopped, and of those that must pass.
//!
//! They were written from the families and from the ways around a gate before the rules were; the last one was found by
//! somebody who had the program and not its code.
#![allow(clippy::unwrap_used, reason = "tests, also outside of their #[test] functions")]

use piton_gate::{Judgement, NoFiles, Policy, Request, Verdict, judge};

const STOP: [&str; 5] = [
    include_str!("commands/stop_attack.txt"),
    include_str!("commands/stop.txt"),
    include_str!("commands/stop_operations.txt"),
    include_str!("commands/stop_field.txt"),
    include_str!("commands/stop_servers.txt"),
];
const PASS: [&str; 5] = [
    include_str!("commands/pass_attack.txt"),
    include_str!("commands/pass.txt"),
    include_str!("commands/pass_operations.txt"),
    include_str!("commands/pass_field.txt"),
    include_str!("commands/pass_servers.txt"),
];

fn judged(command: &str) -> Judgement {
    judged_in(command, None)
}

fn judged_in(command: &str, folder: Option<&str>) -> Judgement {
    let request = Request {
        command: command.replace('⏎', "\n"),
        folder: folder.map(str::to_owned),
        home: folder.map(|_| "/home/me".to_owned()),
        ..Request::default()
    };
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

/// A home, a folder among deployed things, another machine's shell.
#[test]
fn everyday_work_passes_in_every_folder_that_people_work_in() {
    let mut wrong = Vec::new();
    for folder in ["/home/me/site", "/home/me", "/root/site", "/srv/site", "/opt/app", "/var/www/html", "/tmp/x"] {
        for command in PASS.iter().flat_map(|text| lines(text)) {
            let judgement = judged_in(command, Some(folder));
            if let Some(finding) = judgement.decisive() {
                wrong.push(format!("{folder}: {} ({}): {command}", finding.verdict.name(), finding.why));
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// What may be running from a folder is not let go because the session works there.
#[test]
fn what_must_be_stopped_is_stopped_among_deployed_things() {
    for folder in ["/srv/site", "/opt/app", "/var/www/html"] {
        let free: Vec<&str> = STOP
            .iter()
            .flat_map(|text| lines(text))
            .filter_map(|line| line.split_once('\t'))
            .map(|(_, command)| command)
            .filter(|command| judged_in(command, Some(folder)).verdict == Verdict::Allow)
            .collect();
        assert_eq!(free, Vec::<&str>::new(), "in {folder}");
    }
}

/// A folder that is a workshop says nothing about another machine's engine.
#[test]
fn a_workshop_does_not_free_another_hosts_containers() {
    for command in [
        "docker -H ssh://prod compose down",
        "DOCKER_HOST=ssh://prod docker compose down",
        "export DOCKER_HOST=ssh://prod; docker stop db",
        "docker --context prod rm -f db",
    ] {
        assert_eq!(judged_in(command, Some("/home/me/site")).verdict, Verdict::Ask, "{command}");
    }
    assert_eq!(judged_in("docker compose down", Some("/home/me/site")).verdict, Verdict::Allow);
}
