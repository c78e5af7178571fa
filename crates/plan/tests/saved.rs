//! A saved plan is read back whole, or not at all.
#![allow(clippy::expect_used, reason = "tests, also outside of their #[test] functions")]

mod sample;

use piton_plan::fake::FakeHost;
use piton_plan::{Plan, PlanError, Unreachable};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use sample::random::{host_before, wishes};
use sample::{every_kind, facts, plan, wanted};
use serde_json::Value;

const VERSION: &str = "0.1.0";

fn whole() -> Plan {
    plan(&wanted(every_kind()), &FakeHost::empty(facts()))
}

fn text(plan: &Plan) -> String {
    serde_json::to_string_pretty(plan).expect("plain data")
}

/// The JSON pointers of everything in a value that is not a list or a table.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, field)| {
            leaves(field, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| {
            leaves(item, &format!("{at}/{index}"), found);
        }),
        _ => found.push(at.to_owned()),
    }
}

/// Another value of the same type.
fn altered(value: &Value) -> Value {
    match value {
        Value::Bool(on) => Value::Bool(!on),
        Value::Number(number) => Value::from(number.as_u64().unwrap_or_default() + 1),
        Value::String(text) => Value::from(format!("{text}0")),
        _ => Value::from("something"),
    }
}

#[test]
fn a_plan_is_read_back_as_it_was() {
    let plan = whole();
    assert_eq!(Plan::read(&text(&plan), VERSION), Ok(plan));
}

#[test]
fn another_version_is_refused_by_name() {
    let refused = Plan::read(&text(&whole()), "0.2.0");
    assert_eq!(refused, Err(PlanError::Version { made: VERSION.into(), this: "0.2.0".into() }));
}

#[test]
fn another_format_is_refused_by_name() {
    let refused = Plan::read(r#"{"schema": "piton.plan/9", "more": []}"#, VERSION);
    assert_eq!(refused, Err(PlanError::Schema("piton.plan/9".into())));
}

#[test]
fn what_is_no_plan_is_refused() {
    for text in ["", "{}", "[]", "null", "\"piton.plan/1\"", "{\"schema\": 1}", "{\"schema\": \"piton.plan/1\"}"] {
        let refused = Plan::read(text, VERSION);
        assert!(matches!(refused, Err(PlanError::Unreadable(_))), "{text}: {refused:?}");
    }
}

#[test]
fn every_single_change_is_noticed() {
    let original = serde_json::to_value(whole()).expect("plain data");
    let mut places = Vec::new();
    leaves(&original, "", &mut places);
    assert!(places.len() > 200, "the plan holds every kind");
    for place in places {
        let mut changed = original.clone();
        let leaf = changed.pointer_mut(&place).expect("just listed");
        *leaf = altered(leaf);
        assert!(Plan::read(&changed.to_string(), VERSION).is_err(), "a change of {place} went through");
    }
}

#[test]
fn a_host_that_did_not_answer_is_part_of_the_plan() {
    let nobody = Unreachable { host: "observe".into(), reason: "connection refused".into() };
    let site = piton_plan::Digest::of("site");
    let without = piton_plan::make("two-vps", site.clone(), VERSION, &[], Vec::new());
    let with = piton_plan::make("two-vps", site, VERSION, &[], vec![nobody]);
    assert!(without.is_empty());
    assert!(!with.is_empty(), "never \"nothing to do\"");
    assert_ne!(with.id, without.id);
}

#[test]
fn the_id_depends_on_what_was_seen_though_nothing_is_to_be_done() {
    let all = wanted(every_kind());
    let mut host = FakeHost::empty(facts());
    plan(&all, &host).hosts.iter().for_each(|part| host.apply(part));
    let before = plan(&all, &host);
    host.generation += 1;
    assert_ne!(plan(&all, &host).id, before.id);
}

proptest! {
    #[test]
    fn random_plans_are_read_back_as_they_were(wanted in wishes(), before in vec(any::<Index>(), 12)) {
        let plan = plan(&wanted, &host_before(&wanted, &before));
        prop_assert_eq!(Plan::read(&text(&plan), VERSION), Ok(plan));
    }

    #[test]
    fn different_plans_have_different_ids(one in wishes(), other in wishes()) {
        let host = FakeHost::empty(facts());
        let (one, other) = (plan(&one, &host), plan(&other, &host));
        prop_assert_eq!(one.hosts == other.hosts, one.id == other.id);
    }

    #[test]
    fn damaged_text_is_refused_and_nothing_panics(cut in any::<Index>(), put in ".{0,3}", skip in 1..40usize) {
        let plan = whole();
        let original = text(&plan);
        let start = (0..=cut.index(original.len())).rev().find(|at| original.is_char_boundary(*at)).unwrap_or(0);
        let end = (start + skip..=original.len()).find(|at| original.is_char_boundary(*at)).unwrap_or(original.len());
        let damaged = format!("{}{put}{}", &original[..start], &original[end..]);
        // Where only white space or an unnamed field was hit, the plan says what it said.
        if let Ok(read) = Plan::read(&damaged, VERSION) {
            prop_assert_eq!(read, plan);
        }
    }

    #[test]
    fn garbage_is_refused(garbage in "\\PC{0,200}") {
        prop_assert!(Plan::read(&garbage, VERSION).is_err());
    }
}
