//! `piton gate run`: what a process that is held can do, seen from inside of it, by the kernel's own Landlock.

use super::gate::{Home, bash, text};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;

const PITON: &str = env!("CARGO_BIN_EXE_piton");

/// A home that is not below `/tmp`, which everybody may write to, and a folder to work in.
fn held_home() -> Home {
    let home = Home { folder: TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap() };
    fs::create_dir_all(home.path("work")).unwrap();
    home
}

/// Runs shell text inside; nothing where the kernel has no Landlock, and then nothing may have run.
fn inside(home: &Home, script: &str) -> Option<Output> {
    let work = home.path("work").display().to_string();
    let script = format!("echo begun\n{script}");
    let output = home.piton(&["gate", "run", "--write", &work, "--", "sh", "-c", &script], "");
    if text(&output.stderr).contains("no Landlock") {
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), String::new()));
        return None;
    }
    assert!(text(&output.stdout).starts_with("begun"), "{}", text(&output.stderr));
    Some(output)
}

/// What each line of shell text ended with, run inside.
fn outcomes(home: &Home, lines: &[&str]) -> Option<Vec<(String, bool)>> {
    let script: String =
        lines.iter().map(|line| format!("( {line} ) >/dev/null 2>&1 && echo yes || echo no\n")).collect();
    let said = text(&inside(home, &script)?.stdout);
    let answers: Vec<bool> = said.lines().skip(1).map(|line| line == "yes").collect();
    assert_eq!(answers.len(), lines.len(), "{said}");
    Some(lines.iter().map(|line| (*line).to_owned()).zip(answers).collect())
}

fn gate_folder(home: &Home) -> PathBuf {
    home.log().parent().unwrap().to_owned()
}

#[test]
fn writing_is_held_and_reading_is_not() {
    let home = held_home();
    home.write("beside/a", "x");
    let beside = home.path("beside");
    let read = format!("cat {}/a", beside.display());
    let free =
        ["echo x > work/a", "mkdir work/b && mv work/a work/b/ && rm -r work/b", "echo x > \"$(mktemp)\"", &read];
    let lines: Vec<String> = [
        "echo x > DIR/b",
        "echo x >> DIR/a",
        "rm DIR/a",
        "mv DIR/a work/",
        "ln DIR/a work/a",
        "mkdir DIR/c",
        "truncate -s0 DIR/a",
        "ln -s DIR work/link && echo x > work/link/b",
        "echo x > work/../beside/b",
    ]
    .iter()
    .map(|line| line.replace("DIR", &beside.display().to_string()))
    .collect();
    let held: Vec<&str> = lines.iter().map(String::as_str).collect();
    let Some(outcomes) = outcomes(&home, &[&free[..], &held[..]].concat()) else { return };
    for (line, done) in &outcomes[..free.len()] {
        assert!(done, "{line}");
    }
    for (line, done) in &outcomes[free.len()..] {
        assert!(!done, "{line}");
    }
    assert_eq!(fs::read_to_string(beside.join("a")).unwrap(), "x");
}

#[test]
fn of_devices_only_those_that_programs_need_are_written() {
    let home = held_home();
    let free = [
        "echo x > /dev/null",
        "head -c 3 /dev/zero > /dev/null",
        "head -c 3 /dev/urandom > work/r",
        "echo x > /dev/shm/piton-$$ && rm /dev/shm/piton-$$",
    ];
    // As root each of these works outside; a node of one's own is the same disk by another name.
    let held = [
        "echo x > /dev/kmsg",
        "mknod work/disk b 7 0",
        "mknod /tmp/piton-disk-$$ b 7 0",
        "mknod work/null c 1 3",
        "touch /dev/piton-$$",
        "rm /dev/null",
    ];
    let Some(outcomes) = outcomes(&home, &[&free[..], &held[..]].concat()) else { return };
    for (number, (line, done)) in outcomes.iter().enumerate() {
        assert_eq!(*done, number < free.len(), "{line}");
    }
}

#[test]
fn the_log_and_the_approvals_are_written_from_outside_only() {
    let home = held_home();
    home.hook("claude-code", &bash("git status"));
    let gate = gate_folder(&home).display().to_string();
    let before = fs::read_to_string(home.log()).unwrap();
    let lines: Vec<String> = [
        "echo x >> GATE/log.jsonl",
        "truncate -s0 GATE/log.jsonl",
        "rm GATE/log.jsonl",
        "mv GATE/log.jsonl work/",
        "mv GATE work/gate",
        "ln GATE/log.jsonl work/log",
        "mkdir -p GATE/approved",
        "mkdir -p GATE/approved && echo {} > GATE/approved/aaaaaaaa.json",
        "mkdir -p $HOME/.config/piton",
        "rm -r GATE/run",
        "mkdir -p $HOME/.local/state/other",
    ]
    .iter()
    .map(|line| line.replace("GATE", &gate))
    .collect();
    let Some(outcomes) = outcomes(&home, &lines.iter().map(String::as_str).collect::<Vec<_>>()) else { return };
    for (line, done) in outcomes {
        assert!(!done, "{line}");
    }
    assert_eq!(fs::read_to_string(home.log()).unwrap(), before);
}

#[test]
fn a_hook_inside_is_answered_and_logged_from_outside() {
    let home = held_home();
    home.write("work/denied", &bash("sudo nft flush ruleset").to_string());
    home.write("work/free", &bash("git status").to_string());
    let hook = format!("{PITON} gate hook --for claude-code");
    let script = format!("{hook} < work/free\n{hook} < work/denied");
    let Some(output) = inside(&home, &script) else { return };
    let said = text(&output.stdout);
    let answer: Value = serde_json::from_str(said.lines().nth(1).unwrap()).unwrap();
    assert_eq!((said.lines().count(), &answer["hookSpecificOutput"]["permissionDecision"]), (2, &json!("deny")));
    let log = fs::read_to_string(home.log()).unwrap();
    let verdicts: Vec<Value> =
        log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["verdict"].clone()).collect();
    assert_eq!(verdicts, ["allow", "deny"]);
    assert_eq!(home.piton(&["gate", "log", "--verify"], "").status.code(), Some(0));
    // Nobody answers there any more.
    assert_eq!(fs::read_dir(gate_folder(&home).join("run")).unwrap().count(), 0);
}

#[test]
fn an_approval_that_was_given_outside_is_used_up_inside() {
    let home = held_home();
    let command = "systemctl restart caddy";
    home.write("work/event", &bash(command).to_string());
    let hook = format!("{PITON} gate hook --for claude-code < work/event");
    let Some(refused) = inside(&home, &hook) else { return };
    let id =
        text(&refused.stdout).split("piton approve ").nth(1).unwrap().split(['\\', ' ']).next().unwrap().to_owned();
    assert!(text(&home.piton(&["approve"], "").stdout).contains(&id), "it is listed for the operator");
    let approved = json!({ "command": command, "cwd": "/opt/site", "until": i64::MAX });
    home.write(&format!(".local/state/piton/gate/approved/{id}.json"), &approved.to_string());
    let output = inside(&home, &format!("{hook}\necho passed\n{hook}")).unwrap();
    let lines: Vec<String> = text(&output.stdout).lines().map(str::to_owned).collect();
    assert_eq!((lines.len(), lines[1].as_str()), (3, "passed"));
    assert!(lines[2].contains("deny"), "it was spent");
}

#[test]
fn a_hook_whose_keeper_is_gone_refuses() {
    let home = held_home();
    home.write("work/event", &bash("git status").to_string());
    let script = format!("PITON_GATE_KEEPER=/none {PITON} gate hook --for claude-code < work/event");
    let Some(output) = inside(&home, &script) else { return };
    assert!(text(&output.stdout).contains("\"deny\""));
    assert!(!home.log().exists());
}

/// Modes are not held by the kernel: somebody inside may lock the log, but then nothing passes that would be missing in it.
#[test]
fn what_cannot_be_logged_does_not_pass() {
    let home = held_home();
    home.write("work/event", &bash("git status").to_string());
    fs::create_dir_all(home.log()).unwrap();
    let Some(output) = inside(&home, &format!("{PITON} gate hook --for claude-code < work/event")) else { return };
    assert!(text(&output.stdout).contains("\"deny\"") && text(&output.stdout).contains("log"));
}

/// From Linux 6.12 on; before that it can be, and then hooks refuse.
#[test]
fn who_keeps_the_log_is_not_stopped_from_inside() {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let mut numbers =
        release.split(|letter: char| !letter.is_ascii_digit()).map(|number| number.parse().unwrap_or(0u32));
    let version = (numbers.next().unwrap(), numbers.next().unwrap());
    let home = held_home();
    if version < (6, 12) {
        return;
    }
    let Some(output) = inside(&home, "kill -9 $PPID; kill -STOP $PPID; exit 7") else { return };
    assert_eq!(output.status.code(), Some(7), "the agent's own exit code");
}

#[test]
fn what_lies_around_the_gates_own_is_not_given_away() {
    let home = held_home();
    let name = |path: &Path| path.display().to_string();
    let gate = home.path(".local/state/piton/gate");
    fs::create_dir_all(gate.join("approved")).unwrap();
    std::os::unix::fs::symlink(&gate, home.path("work/link")).unwrap();
    for around in
        [home.folder.path().to_owned(), gate.clone(), gate.join("approved"), home.path("work/link"), PathBuf::from("/")]
    {
        let output = home.piton(&["gate", "run", "--write", &name(&around), "--", "true"], "");
        assert_eq!(output.status.code(), Some(2), "{}", around.display());
    }
    // Everybody may write below /tmp, so a home there cannot be held.
    let in_tmp = Home { folder: TempDir::new_in("/tmp").unwrap() };
    let output = in_tmp.piton(&["gate", "run", "--", "true"], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("/tmp"));
}

/// Claude Code, for one, makes a folder below `~/.claude` before each command.
#[test]
fn an_agent_may_write_what_it_keeps_and_not_its_settings() {
    let home = held_home();
    home.write(".claude/settings.json", "{}");
    home.write(
        "bin/claude",
        "#!/bin/sh\nmkdir -p ~/.claude/session-env/x && echo kept\necho x > ~/.claude/projects/x && echo kept\n\
         ( echo x > ~/.claude/settings.json ) 2>/dev/null || echo closed\n( mkdir ~/.claude/hooks ) 2>/dev/null || echo closed\n",
    );
    let claude = home.path("bin/claude");
    fs::set_permissions(&claude, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let work = home.path("work").display().to_string();
    let output = home.piton(&["gate", "run", "--write", &work, "--", claude.to_str().unwrap()], "");
    if text(&output.stderr).contains("no Landlock") {
        return;
    }
    assert_eq!(text(&output.stdout), "kept\nkept\nclosed\nclosed\n", "{}", text(&output.stderr));
}
