//! The host half over real pipes, on a folder that stands in for a host: one change at a time,
//! nothing done before it is written down, and nothing left behind by an operator who vanishes.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod operator;

use operator::{Operator, begun, file, hello, history, host, plan, refused};
use piton_host::half::{self, Caller};
use piton_host::system::{FaultCode, System};
use piton_host::wire::{self, Guarding, Hello, Nonce, Outcome, PROTOCOL, Reply, Request, StepState};
use piton_plan::kind::{Directory, Link};
use piton_plan::{HostPlan, Mode, Resource};
use std::fs;
use std::os::unix::net::UnixStream;
use std::path::Path;

/// A stand-in has no systemd that could guard it, so these changes go without; `tests/guard.rs` is
/// about those that do not.
fn begin(session: &mut Operator, plan: &HostPlan) -> Reply {
    let plan = Box::new(plan.clone());
    session.ask(&Request::Begin { plan, plan_id: "7c1e".into(), wait: false, guard: Guarding::Waived })
}

/// Plans, applies and confirms.
fn apply(root: &Path, resources: &[Resource]) {
    let (mut session, greeting) = Operator::greet(root);
    let plan = plan(&mut session, &greeting, resources);
    let nonce = begun(begin(&mut session, &plan));
    for index in 0..plan.stages.len() {
        assert_eq!(session.ask(&Request::Stage { index }), Reply::Done);
    }
    confirm(root, session, "7c1e", &nonce);
}

/// Confirms over a new session, as an operator has to.
fn confirm(root: &Path, mut earlier: Operator, plan_id: &str, nonce: &Nonce) {
    let (mut witness, _) = Operator::greet(root);
    assert_eq!(earlier.ask(&Request::Release), Reply::Done);
    let confirm = Request::Confirm { plan_id: plan_id.into(), nonce: nonce.clone() };
    assert_eq!(witness.ask(&confirm), Reply::Done);
    witness.vanish();
    earlier.vanish();
}

fn rollback(root: &Path, anyway: bool) -> (Operator, Reply) {
    let (mut session, _) = Operator::greet(root);
    let reply = session.ask(&Request::Rollback { plan_id: "back".into(), anyway, guard: Guarding::Waived });
    (session, reply)
}

#[test]
fn after_an_apply_there_is_nothing_to_do_and_the_host_knows_what_is_owned() {
    let host = host();
    let folder: Resource =
        Directory { path: "/srv/app".into(), owner: "root".into(), group: "root".into(), mode: Mode(0o750) }.into();
    let link: Resource = Link { path: "/srv/now".into(), target: "app".into() }.into();
    let wanted = [file("/srv/app/conf", "a = 1\n"), folder, link];
    apply(host.path(), &wanted);

    assert_eq!(fs::read_to_string(host.path().join("srv/now/conf")).unwrap(), "a = 1\n");
    let (mut session, greeting) = Operator::greet(host.path());
    assert_eq!((greeting.generation, greeting.owned.len()), (1, 3));
    assert!(plan(&mut session, &greeting, &wanted).is_empty());
}

#[test]
fn a_greeting_that_looks_tells_of_what_is_owned_what_a_question_would() {
    let host = host();
    apply(host.path(), &[file("/etc/a", "one\n"), file("/etc/b", "two\n")]);
    fs::write(host.path().join("etc/b"), "drifted\n").unwrap();

    let (mut session, greeting) = Operator::greet_with(host.path(), Hello { look: true, ..hello("ana@desk") });
    let resources: Vec<Resource> = greeting.owned.iter().map(|owned| owned.resource.clone()).collect();
    let Reply::Seen { observed } = session.ask(&Request::Look { resources }) else { panic!("not seen") };
    assert_eq!(greeting.seen, observed.into_iter().map(|(_, seen)| seen).collect::<Vec<_>>());
    assert_eq!(greeting.seen.len(), 2);
    assert_eq!(Operator::greet(host.path()).1.seen, [], "nobody asked");
}

#[test]
fn what_leaves_the_site_leaves_the_host_and_what_was_there_before_comes_back() {
    let host = host();
    fs::write(host.path().join("etc/motd"), "theirs\n").unwrap();
    fs::write(host.path().join("etc/untouched"), "theirs\n").unwrap();
    apply(host.path(), &[file("/etc/motd", "ours\n"), file("/etc/new", "ours\n")]);
    assert_eq!(fs::read_to_string(host.path().join("etc/motd")).unwrap(), "ours\n");

    apply(host.path(), &[]);
    assert_eq!(fs::read_to_string(host.path().join("etc/motd")).unwrap(), "theirs\n");
    assert_eq!(fs::read_to_string(host.path().join("etc/untouched")).unwrap(), "theirs\n");
    assert!(!host.path().join("etc/new").exists());
    assert_eq!(Operator::greet(host.path()).1.owned, []);
}

#[test]
fn a_step_that_fails_puts_back_everything_this_change_had_done() {
    let host = host();
    fs::write(host.path().join("etc/a"), "before\n").unwrap();
    fs::write(host.path().join("blocked"), "a file where a folder must be\n").unwrap();
    let (mut session, greeting) = Operator::greet(host.path());
    // The second cannot be made: its parent is a file.
    let plan = plan(&mut session, &greeting, &[file("/etc/a", "after\n"), file("/etc/b", "after\n")]);
    let mut plan = plan;
    let blocked = file("/blocked/c", "after\n");
    if let Some(step) = plan.stages[0].steps.iter().find(|step| step.resource.key().name == "/etc/b").cloned() {
        plan.stages[0].steps.push(piton_plan::Step { resource: blocked, ..step });
    }
    begun(begin(&mut session, &plan));
    let reply = session.ask(&Request::Stage { index: 0 });
    assert!(matches!(reply, Reply::Undone { .. }), "{reply:?}");
    assert_eq!(fs::read_to_string(host.path().join("etc/a")).unwrap(), "before\n");
    assert!(!host.path().join("etc/b").exists());
    session.vanish();

    let entry = history(host.path()).remove(0);
    assert_eq!(entry.outcome, Outcome::Undone);
    let states: Vec<StepState> = entry.steps.iter().map(|step| step.state).collect();
    assert_eq!(&states[..2], [StepState::Undone, StepState::Undone]);
}

#[test]
fn an_operator_who_vanishes_before_confirming_leaves_the_host_as_it_was() {
    let host = host();
    let (mut session, greeting) = Operator::greet(host.path());
    let plan = plan(&mut session, &greeting, &[file("/etc/a", "after\n")]);
    begin(&mut session, &plan);
    assert_eq!(session.ask(&Request::Stage { index: 0 }), Reply::Done);
    assert!(host.path().join("etc/a").exists());
    session.vanish();
    assert!(!host.path().join("etc/a").exists());
    assert_eq!(history(host.path())[0].outcome, Outcome::Undone);
}

#[test]
fn a_change_that_was_given_up_and_taken_by_nobody_goes_back() {
    let host = host();
    let (mut session, greeting) = Operator::greet(host.path());
    let plan = plan(&mut session, &greeting, &[file("/etc/a", "after\n")]);
    begin(&mut session, &plan);
    session.ask(&Request::Stage { index: 0 });
    assert_eq!(session.ask(&Request::Release), Reply::Done);
    session.vanish();
    assert!(!host.path().join("etc/a").exists());
}

#[test]
fn what_reach_depends_on_is_confirmed_by_a_newer_session_only() {
    let host = host();
    let (mut first, greeting) = Operator::greet(host.path());
    let plan = plan(&mut first, &greeting, &[file("/etc/ssh/banner", "after\n")]);
    let nonce = begun(begin(&mut first, &plan));
    assert_eq!(first.ask(&Request::Stage { index: 0 }), Reply::Done);
    let confirm = Request::Confirm { plan_id: "7c1e".into(), nonce };
    assert_eq!(refused(first.ask(&confirm)), FaultCode::Protocol);

    let (mut second, _) = Operator::greet(host.path());
    assert_eq!(first.ask(&Request::Release), Reply::Done);
    assert_eq!(second.ask(&confirm), Reply::Done);
    second.vanish();
    first.vanish();
    assert!(host.path().join("etc/ssh/banner").exists(), "a confirmed change outlives the session that began it");
    assert_eq!(history(host.path())[0].outcome, Outcome::Kept);
}

#[test]
fn two_operators_cannot_change_one_host_at_once() {
    let host = host();
    let (mut ana, greeting) = Operator::greet_as(host.path(), "ana@desk");
    let plan = plan(&mut ana, &greeting, &[file("/etc/a", "ana\n")]);
    begin(&mut ana, &plan);
    let (mut ben, _) = Operator::greet_as(host.path(), "ben@desk");
    match begin(&mut ben, &plan) {
        Reply::Locked { holder } => assert_eq!(holder.operator, "ana@desk"),
        other => panic!("not locked: {other:?}"),
    }
}

#[test]
fn a_plan_of_an_older_generation_is_refused() {
    let host = host();
    let (mut session, greeting) = Operator::greet(host.path());
    let old = plan(&mut session, &greeting, &[file("/etc/a", "old\n")]);
    session.vanish();
    apply(host.path(), &[file("/etc/b", "new\n")]);
    let (mut session, _) = Operator::greet(host.path());
    assert_eq!(refused(begin(&mut session, &old)), FaultCode::Stale);
    assert!(!host.path().join("etc/a").exists());
}

#[test]
fn a_host_that_changed_since_the_plan_is_left_alone() {
    let host = host();
    let (mut session, greeting) = Operator::greet(host.path());
    let plan = plan(&mut session, &greeting, &[file("/etc/a", "ours\n"), file("/etc/b", "ours\n")]);
    fs::write(host.path().join("etc/b"), "somebody was here\n").unwrap();
    assert_eq!(refused(begin(&mut session, &plan)), FaultCode::Stale);
    assert!(!host.path().join("etc/a").exists());
    assert_eq!(fs::read_to_string(host.path().join("etc/b")).unwrap(), "somebody was here\n");
}

#[test]
fn a_rollback_puts_the_last_change_back_and_only_that() {
    let host = host();
    apply(host.path(), &[file("/etc/a", "one\n")]);
    apply(host.path(), &[file("/etc/a", "two\n"), file("/etc/b", "two\n")]);
    let (session, before) = Operator::greet(host.path());
    session.vanish();
    let (session, reply) = rollback(host.path(), false);
    let nonce = begun(reply);
    confirm(host.path(), session, "back", &nonce);
    assert_eq!(fs::read_to_string(host.path().join("etc/a")).unwrap(), "one\n");
    assert!(!host.path().join("etc/b").exists());
    let (mut session, after) = Operator::greet(host.path());
    assert!(after.generation > before.generation, "an older plan must not fit again");
    assert!(plan(&mut session, &after, &[file("/etc/a", "one\n")]).is_empty());
    session.vanish();
    let (session, reply) = rollback(host.path(), false);
    let nonce = begun(reply);
    confirm(host.path(), session, "back", &nonce);
    assert!(!host.path().join("etc/a").exists());
    assert_eq!(refused(rollback(host.path(), false).1), FaultCode::Nothing);
}

#[test]
fn a_rollback_that_nobody_confirms_is_taken_back() {
    let host = host();
    apply(host.path(), &[file("/etc/a", "one\n")]);
    let (session, reply) = rollback(host.path(), false);
    begun(reply);
    assert!(!host.path().join("etc/a").exists());
    session.vanish();
    assert_eq!(fs::read_to_string(host.path().join("etc/a")).unwrap(), "one\n");
    let (mut session, greeting) = Operator::greet(host.path());
    assert!(plan(&mut session, &greeting, &[file("/etc/a", "one\n")]).is_empty(), "and it is owned as before");
    session.vanish();
    begun(rollback(host.path(), false).1);
}

/// Between giving a change up and taking it there is nobody with the turn; still it is nobody else's.
#[test]
fn nobody_slips_into_a_change_while_it_is_handed_over() {
    let host = host();
    let (mut first, greeting) = Operator::greet(host.path());
    let whole = plan(&mut first, &greeting, &[file("/etc/a", "after\n")]);
    let nonce = begun(begin(&mut first, &whole));
    assert_eq!(first.ask(&Request::Stage { index: 0 }), Reply::Done);
    assert_eq!(first.ask(&Request::Release), Reply::Done);

    let (mut other, seen) = Operator::greet_as(host.path(), "ben@desk");
    assert_eq!((seen.generation, seen.interrupted), (0, None), "a look must not close what is open");
    assert!(matches!(begin(&mut other, &whole), Reply::Locked { .. }));

    let (mut witness, _) = Operator::greet(host.path());
    assert_eq!(witness.ask(&Request::Confirm { plan_id: "7c1e".into(), nonce }), Reply::Done);
    other.vanish();
    witness.vanish();
    first.vanish();
    assert_eq!(history(host.path())[0].outcome, Outcome::Kept);
}

#[test]
fn who_waits_for_a_host_and_vanishes_changes_nothing_when_it_comes_free() {
    let host = host();
    let (mut ana, greeting) = Operator::greet_as(host.path(), "ana@desk");
    let whole = plan(&mut ana, &greeting, &[file("/etc/a", "after\n")]);
    begin(&mut ana, &whole);
    let (mut ben, _) = Operator::greet_as(host.path(), "ben@desk");
    let plan = Box::new(whole);
    let wait = Request::Begin { plan, plan_id: "19ab".into(), wait: true, guard: Guarding::Waived };
    wire::send(&mut ben.link, &wait).unwrap();
    ben.vanish();
    ana.vanish();
    assert_eq!(history(host.path()).len(), 1, "only the change that was begun is remembered");
}

#[test]
fn a_rollback_does_not_take_somebodys_later_work_along_unless_told_to() {
    let host = host();
    apply(host.path(), &[file("/etc/a", "ours\n")]);
    fs::write(host.path().join("etc/a"), "theirs, since\n").unwrap();
    let (session, reply) = rollback(host.path(), false);
    assert_eq!(refused(reply), FaultCode::Stale);
    session.vanish();
    assert_eq!(fs::read_to_string(host.path().join("etc/a")).unwrap(), "theirs, since\n");
    let (session, reply) = rollback(host.path(), true);
    let nonce = begun(reply);
    confirm(host.path(), session, "back", &nonce);
    assert!(!host.path().join("etc/a").exists());
}

#[test]
fn a_folder_that_is_used_by_now_holds_a_rollback_up_and_is_kept_by_one_that_is_to_go_on() {
    let host = host();
    let folder: Resource =
        Directory { path: "/srv/data".into(), owner: "root".into(), group: "root".into(), mode: Mode(0o755) }.into();
    apply(host.path(), &[folder, file("/srv/data/own", "ours\n"), file("/etc/a", "ours\n")]);
    fs::write(host.path().join("srv/data/volume"), "theirs\n").unwrap();
    let (session, reply) = rollback(host.path(), false);
    assert_eq!(refused(reply), FaultCode::Stale);
    session.vanish();
    assert!(host.path().join("etc/a").exists(), "nothing was touched");
    let (session, reply) = rollback(host.path(), true);
    let nonce = begun(reply);
    confirm(host.path(), session, "back", &nonce);
    assert_eq!(fs::read_to_string(host.path().join("srv/data/volume")).unwrap(), "theirs\n");
    assert!(!host.path().join("etc/a").exists() && !host.path().join("srv/data/own").exists());
}

/// A power cut in the middle: what lies on the disk at that moment is all there is.
#[test]
fn after_a_power_cut_the_journal_says_how_far_it_came_and_the_next_plan_is_right() {
    let host = host();
    let wanted = [file("/etc/a", "ours\n"), file("/etc/b", "ours\n")];
    let (mut session, greeting) = Operator::greet(host.path());
    let whole = plan(&mut session, &greeting, &wanted);
    begin(&mut session, &whole);
    session.ask(&Request::Stage { index: 0 });

    let cut = tempfile::tempdir().unwrap();
    let copied = std::process::Command::new("cp").arg("-a").arg(host.path()).arg(cut.path().join("h")).status();
    assert!(copied.unwrap().success());
    let cut = cut.path().join("h");
    // The second step never came to be, and the record of the first is torn in two.
    fs::remove_file(cut.join("etc/b")).unwrap();
    let log = cut.join("var/lib/piton/journal/00000001/log");
    let text = fs::read_to_string(&log).unwrap();
    let second = text.find("\"done\"").unwrap();
    fs::write(&log, &text[..second]).unwrap();

    let (mut session, greeting) = Operator::greet(&cut);
    let interrupted = greeting.interrupted.clone().expect("the interrupted change is told");
    assert_eq!(interrupted.outcome, Outcome::Interrupted);
    let states: Vec<StepState> = interrupted.steps.iter().map(|step| step.state).collect();
    assert_eq!(states, [StepState::Begun, StepState::Untouched]);
    assert_eq!(greeting.generation, 1, "what was begun used the generation up");
    assert_eq!(greeting.owned.len(), 1, "what was begun is owned, so that it can leave again");
    let next = plan(&mut session, &greeting, &wanted);
    let keys: Vec<String> = next.steps().map(|step| step.resource.key().name).collect();
    assert_eq!(keys, ["/etc/b"]);
    session.vanish();

    // And it can be taken back by hand.
    let (session, reply) = rollback(&cut, false);
    let nonce = begun(reply);
    confirm(&cut, session, "back", &nonce);
    assert!(!cut.join("etc/a").exists());
}

#[test]
fn a_session_that_does_not_begin_with_a_greeting_is_refused() {
    let host = host();
    let (link, theirs) = UnixStream::pair().unwrap();
    let system = System::at(host.path());
    let half = std::thread::spawn(move || {
        let output = theirs.try_clone().unwrap();
        half::serve(&system, theirs, output, Caller { login: "root".into(), connection: String::new() }).unwrap();
    });
    let mut session = Operator { link, half: Some(half) };
    let rollback = Request::Rollback { plan_id: "back".into(), anyway: false, guard: Guarding::Waived };
    assert_eq!(refused(session.ask(&rollback)), FaultCode::Protocol);
    session.vanish();
}

#[test]
fn another_protocol_is_refused_by_name() {
    let host = host();
    let (mut session, _) = Operator::greet(host.path());
    let hello = Hello { protocol: PROTOCOL + 1, ..hello("ana@desk") };
    assert_eq!(refused(session.ask(&Request::Hello(hello))), FaultCode::Protocol);
}

#[test]
fn programs_that_the_host_half_runs_have_the_usual_umask() {
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let folder = host();
    let (_operator, _) = Operator::greet(folder.path());
    assert_eq!(System::host().run_ok(&["sh", "-c", "umask"]).unwrap().trim(), "0022");
}
