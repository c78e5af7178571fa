//! The guard on a folder that stands in for a host: what it puts back, and who may confirm.
//!
//! systemd is a stand-in here, a script that notes what it is told; the lab's drills have the real one.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod operator;

use operator::{Operator, begun, file, history, host, plan, refused};
use piton_host::guard;
use piton_host::system::{FaultCode, System};
use piton_host::wire::{Guarding, Nonce, Outcome, Reply, Request};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// A stand-in on which the guard can be armed.
fn guarded_host() -> tempfile::TempDir {
    let host = host();
    let bin = host.path().join("usr/bin");
    fs::create_dir_all(&bin).unwrap();
    fs::create_dir_all(host.path().join("run/systemd/system")).unwrap();
    let told = host.path().join("told");
    fs::write(bin.join("systemctl"), format!("#!/bin/sh\necho \"$@\" >> {}\n", told.display())).unwrap();
    fs::set_permissions(bin.join("systemctl"), fs::Permissions::from_mode(0o755)).unwrap();
    host
}

/// Begins a guarded change of `/etc/a` and runs it, without a word about whether it may stay.
fn change(root: &Path, connection: &str) -> (Operator, Nonce) {
    fs::write(root.join("etc/a"), "before\n").unwrap();
    let (mut session, greeting) = Operator::greet_by(root, "ana@desk", connection);
    let plan = Box::new(plan(&mut session, &greeting, &[file("/etc/a", "after\n"), file("/etc/b", "after\n")]));
    let guard = Guarding::Seconds(60);
    let nonce = begun(session.ask(&Request::Begin { plan, plan_id: "7c1e".into(), wait: false, guard }));
    assert_eq!(session.ask(&Request::Stage { index: 0 }), Reply::Done);
    assert_eq!(fs::read_to_string(root.join("etc/a")).unwrap(), "after\n");
    (session, nonce)
}

/// What lies on the disk when the power goes.
fn power_cut(root: &Path) -> (tempfile::TempDir, PathBuf) {
    let cut = tempfile::tempdir().unwrap();
    let place = cut.path().join("h");
    let copied = std::process::Command::new("cp").arg("-a").arg(root).arg(&place).status();
    assert!(copied.unwrap().success());
    (cut, place)
}

fn is_as_before(root: &Path) -> bool {
    fs::read_to_string(root.join("etc/a")).unwrap() == "before\n" && !root.join("etc/b").exists()
}

const ARMED: &str = "var/lib/piton/guard/armed.json";

#[test]
fn it_is_armed_before_anything_changes_and_enabled_for_the_next_boot() {
    let host = guarded_host();
    let (session, _) = change(host.path(), "192.0.2.1 50001 192.0.2.2 22");
    assert!(host.path().join(ARMED).exists());
    let told = fs::read_to_string(host.path().join("told")).unwrap();
    assert!(told.contains("restart piton-guard.service"), "{told}");
    let units = host.path().join("etc/systemd/system");
    let link = fs::read_link(units.join("multi-user.target.wants/piton-guard.service")).unwrap();
    assert!(host.path().join(link.strip_prefix("/").unwrap()).exists());
    assert!(units.join("sysinit.target.wants/piton-guard-early.service").symlink_metadata().is_ok());
    session.vanish();
    assert!(is_as_before(host.path()));
    assert!(!host.path().join(ARMED).exists(), "nothing is left to guard");
}

#[test]
fn after_a_power_cut_it_puts_everything_back_and_says_why() {
    let host = guarded_host();
    let (_session, _) = change(host.path(), "192.0.2.1 50001 192.0.2.2 22");
    let (_cut, root) = power_cut(host.path());
    guard::watch(&System::at(&root)).unwrap();
    assert!(is_as_before(&root));
    let entry = history(&root).remove(0);
    assert_eq!(entry.outcome, Outcome::Undone);
    assert!(entry.because.is_some_and(|because| because.contains("nobody confirmed")));
    assert!(!root.join(ARMED).exists());
    guard::watch(&System::at(&root)).unwrap();
}

/// How many files with this name this process has open.
fn open_times(path: &Path) -> usize {
    let files = fs::read_dir("/proc/self/fd").unwrap().flatten();
    files.filter(|file| fs::read_link(file.path()).is_ok_and(|target| target == path)).count()
}

#[test]
fn a_change_that_deletes_what_is_known_of_it_is_put_back_and_known_again() {
    let host = guarded_host();
    let root = host.path().to_owned();
    let (session, _) = change(&root, "192.0.2.1 50001 192.0.2.2 22");
    let lock = root.join("var/lib/piton/lock.change");
    let before = open_times(&lock);
    let system = System::at(&root);
    let guard = std::thread::spawn(move || guard::watch(&system));
    while open_times(&lock) == before {
        std::thread::yield_now();
    }
    fs::remove_dir_all(root.join("var/lib/piton")).unwrap();
    session.vanish();
    guard.join().unwrap().unwrap();
    assert!(is_as_before(&root));
    assert_eq!(history(&root)[0].outcome, Outcome::Undone);
    assert!(!root.join(ARMED).exists());
    let (session, greeting) = Operator::greet(&root);
    assert_eq!((greeting.generation, greeting.interrupted), (1, None));
    session.vanish();
}

#[test]
fn early_in_a_boot_the_files_come_back_and_the_change_stays_open_for_the_rest() {
    let host = guarded_host();
    let (_session, _) = change(host.path(), "192.0.2.1 50001 192.0.2.2 22");
    let (_cut, root) = power_cut(host.path());
    guard::put_files_back(&System::at(&root)).unwrap();
    assert!(is_as_before(&root));
    assert!(root.join(ARMED).exists());
    guard::watch(&System::at(&root)).unwrap();
    assert_eq!(history(&root)[0].outcome, Outcome::Undone);
}

#[test]
fn whoever_greets_a_host_that_died_in_a_change_finds_it_put_back() {
    let host = guarded_host();
    let (_session, _) = change(host.path(), "192.0.2.1 50001 192.0.2.2 22");
    let (_cut, root) = power_cut(host.path());
    let (session, greeting) = Operator::greet(&root);
    assert_eq!((greeting.generation, greeting.interrupted), (1, None));
    assert!(is_as_before(&root));
    session.vanish();
}

#[test]
fn only_a_connection_that_is_newer_than_the_change_confirms_it_and_only_with_its_nonce() {
    let host = guarded_host();
    let first = "192.0.2.1 50001 192.0.2.2 22";
    let (mut session, nonce) = change(host.path(), first);
    assert_eq!(session.ask(&Request::Release), Reply::Done);
    let confirm = |nonce: &Nonce| Request::Confirm { plan_id: "7c1e".into(), nonce: nonce.clone() };

    // Another channel of the very same connection, as a control socket would give.
    let (mut same, _) = Operator::greet_by(host.path(), "ana@desk", first);
    assert_eq!(refused(same.ask(&confirm(&nonce))), FaultCode::Protocol);
    same.vanish();

    let (mut new, _) = Operator::greet_by(host.path(), "ana@desk", "192.0.2.1 50002 192.0.2.2 22");
    assert_eq!(refused(new.ask(&confirm(&Nonce::default()))), FaultCode::Stale);
    assert_eq!(new.ask(&confirm(&nonce)), Reply::Done);
    assert!(!host.path().join(ARMED).exists());
    // Kept is kept: confirming twice is refused, and nothing comes back.
    let (mut late, _) = Operator::greet_by(host.path(), "ana@desk", "192.0.2.1 50003 192.0.2.2 22");
    assert_eq!(refused(late.ask(&confirm(&nonce))), FaultCode::Stale);
    for session in [late, new, session] {
        session.vanish();
    }
    assert_eq!(fs::read_to_string(host.path().join("etc/a")).unwrap(), "after\n");
    assert_eq!(history(host.path())[0].outcome, Outcome::Kept);
}

#[test]
fn a_confirmation_that_comes_too_late_changes_nothing() {
    let host = guarded_host();
    let (_session, nonce) = change(host.path(), "192.0.2.1 50001 192.0.2.2 22");
    let (_cut, root) = power_cut(host.path());
    guard::watch(&System::at(&root)).unwrap();
    let (mut late, _) = Operator::greet_by(&root, "ana@desk", "192.0.2.1 50002 192.0.2.2 22");
    let confirm = Request::Confirm { plan_id: "7c1e".into(), nonce };
    // A program that another test has just forked holds the guard's lock, too, until it is that program.
    let answer = (0..500).map(|_| late.ask(&confirm)).find(|answer| !matches!(answer, Reply::Locked { .. })).unwrap();
    assert_eq!(refused(answer), FaultCode::Stale);
    assert!(is_as_before(&root));
    late.vanish();
}

#[test]
fn without_systemd_a_change_is_refused_and_never_was() {
    let host = host();
    let (mut session, greeting) = Operator::greet(host.path());
    let plan = Box::new(plan(&mut session, &greeting, &[file("/etc/a", "after\n")]));
    let begin = Request::Begin { plan, plan_id: "7c1e".into(), wait: false, guard: Guarding::Seconds(60) };
    assert_eq!(refused(session.ask(&begin)), FaultCode::Unsupported);
    session.vanish();
    assert!(!host.path().join("etc/a").exists());
    assert_eq!(history(host.path()), []);
}

#[test]
fn a_change_without_a_guard_says_so_for_ever() {
    let host = host();
    let (mut session, greeting) = Operator::greet(host.path());
    let plan = Box::new(plan(&mut session, &greeting, &[file("/etc/a", "after\n")]));
    begun(session.ask(&Request::Begin { plan, plan_id: "7c1e".into(), wait: false, guard: Guarding::Waived }));
    session.vanish();
    assert!(!history(host.path())[0].guarded);
}
