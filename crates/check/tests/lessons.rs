//! Every lesson has a rule, or says why not; the list cannot drift from the rules.
#![allow(clippy::unwrap_used, reason = "tests, also outside of their #[test] functions")]

use piton_check::rule;

const LESSONS: &str = include_str!("lessons.txt");
const DECISION: &str = include_str!("../../../docs/decisions/0014-lessons-without-a-rule.md");

fn lessons() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = LESSONS.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| line.split_once(' ').unwrap_or((line, "")))
}

#[test]
fn every_lesson_has_a_rule_or_says_that_it_has_none() {
    for (id, mark) in lessons() {
        match mark {
            "" => assert!(rule(id).is_some(), "{id} has no rule"),
            "open" => assert!(rule(id).is_none(), "{id} has a rule by now: take the `open` out"),
            "never" => {
                assert!(rule(id).is_none(), "{id} has a rule, and is argued to be none");
                assert!(DECISION.contains(&format!("| `{id}` |")), "{id} has no line in the decision");
            }
            other => panic!("{id}: what is `{other}`?"),
        }
    }
}

#[test]
fn what_is_decided_to_be_no_rule_is_in_the_list() {
    let decided = DECISION.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')).map(|(id, _)| id);
    for id in decided {
        assert!(lessons().any(|(lesson, mark)| lesson == id && mark == "never"), "{id} is not in the list as `never`");
    }
}

#[test]
fn three_hundred_and_fifty_one_lessons_are_counted() {
    assert_eq!(lessons().count(), 351);
}

/// Errors stop a build, so each says how it is known: a source that was opened, a program that was run,
/// or the files alone.
#[test]
fn every_error_says_how_it_is_known() {
    let says = |text: &str| ["read 2", "Tried", "tried", "Evidence:"].iter().any(|word| text.contains(word));
    let silent: Vec<&str> = piton_check::RULES
        .iter()
        .filter(|rule| rule.severity == piton_check::Severity::Error)
        .filter(|rule| !says(&rule.text().replace('\n', " ")))
        .map(|rule| rule.id)
        .collect();
    assert!(silent.is_empty(), "errors that do not say how they are known: {silent:?}");
}
