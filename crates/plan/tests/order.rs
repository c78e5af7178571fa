//! The order invariants: no plan, whatever it was made from, closes a way in before the new one is
//! proved.
#![allow(clippy::expect_used, reason = "tests, also outside of their #[test] functions")]

mod sample;

use piton_plan::fake::FakeHost;
use piton_plan::kind::authorized_keys::has;
use piton_plan::kind::{self, Kind, filter_rule::Protocol};
use piton_plan::{Expect, FileSpec, HostPlan, Observed, Resource, Stage, StageName, Step, Verb, Wanted};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use sample::random::{host_before, wishes};
use sample::{every_kind, facts, plan, wanted};

/// What must hold for every two steps of a plan of which the first runs before the second.
/// Each row: name, "this one", "must not come after that one".
type Rule = (&'static str, fn(&Step) -> bool, fn(&Step, &Step) -> bool);

const RULES: [Rule; 7] = [
    ("a way in is opened before sshd moves", is_sshd, |sshd, rule| match (&sshd.resource, &rule.resource) {
        (Resource::Sshd(sshd), Resource::FilterRule(allow)) => {
            rule.verb != Verb::Remove && sshd.ports.iter().any(|port| allow.lets_tcp_in(*port))
        }
        _ => false,
    }),
    (
        "packages come before what they bring",
        |step| makes(step) && !is_package(step) && !is_archive(step),
        |_, other| other.verb == Verb::Add && is_package(other),
    ),
    (
        "archives come before packages",
        |step| makes(step) && is_package(step),
        |_, other| makes(other) && is_archive(other),
    ),
    (
        "users come before their keys",
        |step| makes(step),
        |keys, user| match (&keys.resource, &user.resource) {
            (Resource::AuthorizedKeys(keys), Resource::User(made)) => user.verb == Verb::Add && made.name == keys.user,
            _ => false,
        },
    ),
    (
        "keys leave before their users",
        |step| step.verb == Verb::Remove,
        |user, keys| match (&user.resource, &keys.resource) {
            (Resource::User(user), Resource::AuthorizedKeys(left)) => {
                keys.verb == Verb::Remove && left.user == user.name
            }
            _ => false,
        },
    ),
    (
        "groups come before users",
        |step| makes(step) && matches!(step.resource, Resource::User(_)),
        |_, other| other.verb == Verb::Add && matches!(other.resource, Resource::Group(_)),
    ),
    (
        "a jail is the last thing to be made",
        |step| makes(step) && matches!(step.resource, Resource::Jail(_)),
        |_, other| makes(other),
    ),
];

fn makes(step: &Step) -> bool {
    step.verb != Verb::Remove
}

fn is_sshd(step: &Step) -> bool {
    matches!(step.resource, Resource::Sshd(_))
}

fn is_package(step: &Step) -> bool {
    matches!(step.resource, Resource::Package(_))
}

fn is_archive(step: &Step) -> bool {
    matches!(&step.resource, Resource::File(file) if file.file.path.starts_with("/etc/apt/"))
}

/// Everything that is wrong with the order of one host's plan, in words.
fn faults(part: &HostPlan) -> Vec<String> {
    let steps: Vec<&Step> = part.steps().collect();
    let mut found = Vec::new();
    for (index, earlier) in steps.iter().enumerate() {
        for later in steps.iter().skip(index + 1) {
            let broken =
                RULES.iter().filter(|(_, applies, comes_first)| applies(earlier) && comes_first(earlier, later));
            found.extend(
                broken
                    .map(|(name, _, _)| format!("{name}: {} before {}", earlier.resource.key(), later.resource.key())),
            );
        }
    }
    for stage in &part.stages {
        let early = stage.steps.iter().filter(|step| stage.name == StageName::Open && closes(step));
        found.extend(early.map(|step| format!("{} is in the opening stage", step.resource.key())));
    }
    found
}

/// What may take a way in away, said here once more and not asked of the step itself.
fn closes(step: &Step) -> bool {
    if step.bridge {
        return false;
    }
    match (&step.resource, step.verb) {
        (Resource::Sshd(_) | Resource::FilterPolicy(_) | Resource::Jail(_), Verb::Add | Verb::Change) => true,
        (Resource::Sudoers(_), Verb::Change | Verb::Remove) | (Resource::User(_), Verb::Remove) => true,
        // A home or a group more shuts nobody out, nor does a shell where there was none.
        (Resource::User(_), Verb::Change) => step.differences.iter().any(|found| {
            let from = found.from.as_deref();
            from.is_some_and(|from| found.field != "shell" || !(from.ends_with("/nologin") || from.ends_with("/false")))
        }),
        (Resource::AuthorizedKeys(_) | Resource::Group(_) | Resource::Package(_), Verb::Remove) => true,
        (Resource::FilterRule(rule), verb) => {
            use kind::filter_rule::Action::{Allow, Limit};
            matches!(rule.action, Allow | Limit) == (verb == Verb::Remove)
        }
        _ => step.effect.narrows,
    }
}

fn stage_names(part: &HostPlan) -> Vec<StageName> {
    part.stages.iter().map(|stage: &Stage| stage.name).collect()
}

#[test]
fn a_fresh_host_is_opened_before_it_is_closed() {
    let host = FakeHost::empty(facts());
    let plan = plan(&wanted(every_kind()), &host);
    for part in &plan.hosts {
        assert_eq!(faults(part), Vec::<String>::new());
        assert_eq!(stage_names(part), [StageName::Open, StageName::Close]);
        assert!(part.stages.iter().all(Stage::is_guarded));
    }
}

#[test]
fn a_wrong_order_would_be_seen() {
    let host = FakeHost::empty(facts());
    let archive = FileSpec::of_root("/etc/apt/sources.list.d/x.sources", "");
    let all = every_kind().into_iter().chain([kind::File { file: archive, reloads: Vec::new() }.into()]).collect();
    let mut plan = plan(&wanted(all), &host);
    let mut everything_back: Vec<String> = Vec::new();
    for part in &mut plan.hosts {
        part.stages.iter_mut().for_each(|stage| stage.steps.reverse());
        part.stages.reverse();
        everything_back.extend(faults(part));
        part.stages.iter_mut().for_each(|stage| stage.name = StageName::Open);
        everything_back.extend(faults(part));
    }
    let silent: Vec<&str> = RULES
        .iter()
        .map(|(name, ..)| *name)
        .filter(|name| {
            // On a host that had nothing, nothing leaves.
            !name.contains("leave") && !everything_back.iter().any(|fault| fault.starts_with(name))
        })
        .collect();
    assert_eq!(silent, Vec::<&str>::new());
    assert!(everything_back.iter().any(|fault| fault == "sshd ssh is in the opening stage"));
}

#[test]
fn the_port_moves_in_two_steps_and_the_rule_comes_first() {
    let mut host = FakeHost::empty(facts());
    let before = wanted(vec![kind::FilterRule::allow(Protocol::Tcp, 22).into(), sample::sshd([22].into()).into()]);
    plan(&before, &host).hosts.iter().for_each(|part| host.apply(part));
    let after = wanted(vec![kind::FilterRule::allow(Protocol::Tcp, 222).into(), sample::sshd([222].into()).into()]);
    let moved = plan(&after, &host);
    let steps: Vec<_> = moved.hosts.iter().flat_map(HostPlan::steps).collect();
    let told: Vec<_> = steps.iter().map(|step| (step.verb, step.resource.key().name, step.bridge)).collect();
    assert_eq!(
        told,
        [
            (Verb::Add, "allow 222/tcp".to_owned(), false),
            (Verb::Change, "ssh".to_owned(), true),
            (Verb::Change, "ssh".to_owned(), false),
            (Verb::Remove, "allow 22/tcp".to_owned(), false),
        ]
    );
    let ports = |step: &Step| match &step.resource {
        Resource::Sshd(sshd) => sshd.ports.clone(),
        other => panic!("{} is not sshd", other.key()),
    };
    assert_eq!(ports(steps[1]), [22, 222].into());
    assert_eq!(ports(steps[2]), [222].into());
    assert_eq!(moved.counts(), (1, 1, 1), "the bridge is half of a change that is counted already");
}

#[test]
fn the_bridge_keeps_the_settings_that_are_in_force() {
    let mut host = FakeHost::empty(facts());
    let old = vec![("PermitRootLogin".to_owned(), "yes".to_owned()), ("AllowUsers".into(), "root".into())];
    let before = kind::Sshd { settings: old, ..sample::sshd([22].into()) };
    plan(&wanted(vec![before.into()]), &host).hosts.iter().for_each(|part| host.apply(part));
    let moved = plan(&wanted(vec![sample::sshd([222].into()).into()]), &host);
    let bridge = moved.hosts.iter().flat_map(HostPlan::steps).find(|step| step.bridge).expect("a bridge");
    let Resource::Sshd(half) = &bridge.resource else { panic!("{}", bridge.resource.key()) };
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let settings = [pair("PermitRootLogin", "yes"), pair("AllowUsers", "root adminclaw")];
    assert_eq!(half.settings, settings, "the old login still gets in, and the new one does too");
}

#[test]
fn the_bridge_keeps_the_settings_of_a_drop_in_that_is_not_shown() {
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let hardened = vec![pair("PermitRootLogin", "no"), pair("MaxAuthTries", "3"), pair("RekeyLimit", "1G 1h")];
    let before = kind::Sshd { settings: hardened.clone(), ..sample::sshd([22].into()) };
    let mut seen = before.settled(&Default::default());
    seen.files.values_mut().for_each(|file| file.text = None);
    seen.effective.insert("maxauthtries".into(), "2".into());
    let moved = kind::Sshd { settings: hardened, ..sample::sshd([222].into()) };
    let bridge = moved.bridge(&seen).expect("a bridge");
    let kept = [pair("PermitRootLogin", "no"), pair("MaxAuthTries", "2"), pair("RekeyLimit", "1G 1h")];
    assert_eq!(bridge.settings, kept);
}

#[test]
fn another_admin_is_let_in_before_the_first_one_is_shut_out() {
    let mut host = FakeHost::empty(facts());
    let before = kind::Sshd { settings: vec![("AllowUsers".into(), "root".into())], ..sample::sshd([222].into()) };
    let found = kind::AuthorizedKeys { keys: vec!["ssh-rsa AAAAfound x".into()], ..sample::keys("adminclaw") };
    plan(&wanted(vec![before.into(), found.into()]), &host).hosts.iter().for_each(|part| host.apply(part));
    let after = wanted(vec![sample::sshd([222].into()).into(), sample::keys("adminclaw").into()]);
    let made = plan(&after, &host);
    assert_eq!(made.hosts.iter().flat_map(faults).collect::<Vec<_>>(), Vec::<String>::new());
    let steps: Vec<_> = made.hosts.iter().flat_map(HostPlan::steps).collect();
    let told: Vec<_> = steps.iter().map(|step| (step.resource.key().kind, step.bridge)).collect();
    let name = str::to_owned;
    let halves = [
        (name("authorized_keys"), true),
        (name("sshd"), true),
        (name("authorized_keys"), false),
        (name("sshd"), false),
    ];
    assert_eq!(told, halves);
    assert!(made.hosts.iter().flat_map(|part| &part.stages).all(Stage::is_guarded));
}

#[test]
fn a_rule_that_changes_its_action_is_not_taken_for_drift_halfway() {
    let mut host = FakeHost::empty(facts());
    let allow = kind::FilterRule::allow(Protocol::Tcp, 222);
    let limit = kind::FilterRule { action: kind::filter_rule::Action::Limit, ..allow.clone() };
    plan(&wanted(vec![allow.into()]), &host).hosts.iter().for_each(|part| host.apply(part));
    let changed = plan(&wanted(vec![limit.into()]), &host);
    let steps: Vec<_> = changed.hosts.iter().flat_map(HostPlan::steps).collect();
    let told: Vec<_> = steps.iter().map(|step| (step.verb, step.resource.key().name)).collect();
    assert_eq!(told, [(Verb::Add, "limit 222/tcp".to_owned()), (Verb::Remove, "allow 222/tcp".to_owned())]);
    // Ufw turns the one into the other, so what was seen of the old rule only holds at the start.
    assert!(matches!(steps[1].expect, Expect::AtTheStart(_)), "{:?}", steps[1].expect);
}

/// What a step of a plan for these resources looks at before it runs, on a host that has `seen`.
fn looks_again(resources: Vec<Resource>, seen: Vec<Observed>) -> Vec<(String, bool)> {
    let mut host = FakeHost::empty(facts());
    resources.iter().zip(seen).for_each(|(resource, seen)| host.drift(resource.key(), seen));
    let plan = plan(&wanted(resources), &host);
    let steps = plan.hosts.iter().flat_map(HostPlan::steps);
    let whole = steps.filter(|step| !step.bridge);
    whole.map(|step| (step.resource.key().to_string(), matches!(step.expect, Expect::Seen(_)))).collect()
}

#[test]
fn one_reload_that_loads_two_rules_does_not_make_the_second_step_stale() {
    let rules = [80, 443].map(|port| kind::FilterRule::allow(Protocol::Tcp, port).into());
    let not_loaded = || kind::filter_rule::Observed { present: true, live: Some(false) }.into();
    let told = looks_again(rules.to_vec(), vec![not_loaded(), not_loaded()]);
    assert_eq!(told, [("filter_rule allow 443/tcp".into(), true), ("filter_rule allow 80/tcp".into(), false)]);
}

#[test]
fn a_plain_file_may_change_what_is_seen_of_sshd_the_filter_and_units_but_not_of_other_files() {
    let file = |path: &str| kind::File { file: FileSpec::of_root(path, "text\n"), reloads: Vec::new() }.into();
    let unit = kind::Unit { name: "app.service".into(), enabled: Some(true), active: None };
    let rule = kind::FilterRule::allow(Protocol::Tcp, 80);
    let policy = kind::FilterPolicy {
        incoming: kind::filter_policy::Policy::Deny,
        outgoing: kind::filter_policy::Policy::Allow,
        only: None,
    };
    let others: [Resource; 4] = [unit.into(), rule.into(), policy.into(), sample::sshd([22].into()).into()];
    for other in others {
        let name = other.key().to_string();
        let told = looks_again(vec![file("/etc/app.conf"), other], Vec::new());
        assert!(told.contains(&(name.clone(), false)), "{name}: {told:?}");
    }
    let told = looks_again(vec![file("/etc/a"), file("/etc/b")], Vec::new());
    assert!(told.iter().all(|(_, again)| *again), "{told:?}");
}

#[test]
fn every_step_looks_again_where_no_other_one_has_to_do_with_it() {
    // sshd on a fresh host moves in two steps, of which the second sees the first.
    let in_one_step = |resource: &Resource| !matches!(resource, Resource::Sshd(_));
    for resource in every_kind().into_iter().filter(in_one_step) {
        let told = looks_again(vec![resource], Vec::new());
        assert!(told.first().is_some_and(|(_, again)| *again), "{told:?}");
    }
    let sudoers = |name: &str| kind::Sudoers { name: name.into(), content: "x\n".into() }.into();
    let told = looks_again(vec![sample::user("adminclaw").into(), sudoers("a"), sudoers("b")], Vec::new());
    assert!(told.iter().all(|(_, again)| *again), "{told:?}");
}

/// What stands between the login and the host once the opening stage is through.
fn shut_out(wanted: &Wanted, host: &FakeHost) -> Vec<String> {
    let mut found = Vec::new();
    for resource in &wanted.resources {
        let view = host.look(std::slice::from_ref(resource));
        let seen = view.observed.into_iter().find(|(key, _)| *key == resource.key()).expect("looked at").1;
        match (resource, seen) {
            (Resource::Sshd(wanted), Observed::Sshd(seen)) => {
                if !wanted.ports.is_subset(&seen.listening) {
                    found.push(format!("sshd listens on {:?} only", seen.listening));
                }
                let (wanted, in_force) = (wanted.effective(), seen.effective.get("allowusers"));
                let users = wanted.get("allowusers").map(|users| users.split_whitespace()).into_iter().flatten();
                let missing =
                    users.filter(|user| in_force.is_some_and(|list| !list.split_whitespace().any(|it| it == *user)));
                found.extend(missing.map(|user| format!("{user} is not in AllowUsers")));
            }
            (Resource::AuthorizedKeys(wanted), Observed::AuthorizedKeys(seen)) => {
                let there = seen.keys.unwrap_or_default();
                let missing = wanted.keys.iter().filter(|key| !has(&there, key));
                found.extend(missing.map(|key| format!("{key} is not there")));
                found.extend(seen.faults);
            }
            _ => {}
        }
    }
    found
}

proptest! {
    #[test]
    fn no_plan_breaks_the_order(
        first in wishes(),
        second in wishes(),
        before in vec(any::<Index>(), 12),
    ) {
        let mut host = host_before(&first, &before);
        let made = plan(&first, &host);
        let found: Vec<_> = made.hosts.iter().flat_map(faults).collect();
        prop_assert_eq!(found, Vec::<String>::new());
        made.hosts.iter().for_each(|part| host.apply(part));
        let changed = plan(&second, &host);
        let found: Vec<_> = changed.hosts.iter().flat_map(faults).collect();
        prop_assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn a_host_that_is_wanted_whole_is_planned_in_order(
        before in vec(any::<Index>(), 20),
    ) {
        let all = wanted(every_kind());
        let host = host_before(&all, &before);
        let found: Vec<_> = plan(&all, &host).hosts.iter().flat_map(faults).collect();
        prop_assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn the_opening_stage_opens_the_way_by_which_the_closing_one_comes(
        first in wishes(),
        second in wishes(),
        before in vec(any::<Index>(), 12),
    ) {
        let mut host = host_before(&first, &before);
        plan(&first, &host).hosts.iter().for_each(|part| host.apply(part));
        for mut part in plan(&second, &host).hosts {
            part.stages.retain(|stage| stage.name == StageName::Open);
            host.apply(&part);
        }
        prop_assert_eq!(shut_out(&second, &host), Vec::<String>::new());
    }
}
