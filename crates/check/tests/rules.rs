//! Every rule keeps its word: its page is whole, its bad examples are found, its good ones are not,
//! and its fixes mend what they say they mend.
#![allow(clippy::unwrap_used, reason = "tests, also outside of their #[test] functions")]

use piton_check::{Example, Finding, Project, RULES, Rule, Safety, Selection, apply, examples};
use piton_config::read::{Document, FaultKind, read};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn documents(files: &[(String, String)]) -> Vec<Document> {
    files.iter().map(|(name, text)| read(name, text.as_bytes(), None)).collect()
}

fn findings(rule: &Rule, files: &[(String, String)]) -> Vec<Finding> {
    let documents = documents(files);
    let selection = Selection { select: vec![rule.id.to_owned()], ..Selection::default() };
    Project::new(&documents).check(&selection)
}

fn each_example(mut see: impl FnMut(&'static Rule, Example)) {
    for rule in RULES {
        for example in examples(rule) {
            see(rule, example);
        }
    }
}

#[test]
fn every_bad_example_is_found() {
    let mut missed = Vec::new();
    each_example(|rule, example| {
        if example.is_bad && findings(rule, &example.files).is_empty() {
            let kinds: Vec<_> = documents(&example.files).iter().map(|document| document.kind).collect();
            missed.push(format!("{} in {:?} (read as {kinds:?})", rule.id, example.files[0]));
        }
    });
    assert!(missed.is_empty(), "not found:\n{}", missed.join("\n"));
}

#[test]
fn no_good_example_is_found() {
    let mut wrong = Vec::new();
    each_example(|rule, example| {
        if !example.is_bad {
            wrong.extend(
                findings(rule, &example.files).into_iter().map(|finding| format!("{}: {}", rule.id, finding.message)),
            );
        }
    });
    assert!(wrong.is_empty(), "found although good:\n{}", wrong.join("\n"));
}

#[test]
fn good_examples_have_no_error_of_any_other_rule() {
    let mut wrong = Vec::new();
    each_example(|rule, example| {
        if !example.is_bad {
            let documents = documents(&example.files);
            let found = Project::new(&documents).check(&Selection::default());
            let errors = found.into_iter().filter(|finding| finding.severity == piton_check::Severity::Error);
            wrong.extend(errors.map(|finding| format!("{}, good: {}: {}", rule.id, finding.rule.id, finding.message)));
        }
    });
    assert!(wrong.is_empty(), "errors in good examples:\n{}", wrong.join("\n"));
}

#[test]
fn what_a_fix_leaves_behind_still_reads_and_has_the_finding_no_more() {
    let mut wrong = Vec::new();
    each_example(|rule, example| {
        let mut files = example.files.clone();
        let before = findings(rule, &files);
        let fixable = before.iter().filter(|finding| finding.fix.is_some()).count();
        if fixable == 0 {
            return;
        }
        for _ in 0..8 {
            let found = findings(rule, &files);
            let texts: BTreeMap<&str, &str> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
            let fixed = apply(&found, &texts, true);
            if fixed.count == 0 {
                break;
            }
            for (name, text) in &mut files {
                if let Some(new) = fixed.texts.get(name) {
                    *text = new.clone();
                }
            }
        }
        let broken = documents(&files)
            .iter()
            .any(|document| document.faults.iter().any(|fault| fault.kind == FaultKind::Syntax));
        let left = findings(rule, &files).iter().filter(|finding| finding.fix.is_some()).count();
        if broken || left > 0 {
            wrong.push(format!(
                "{}: broken {broken}, left {left}:\n{}",
                rule.id,
                files.iter().map(|(_, text)| text.as_str()).collect::<String>()
            ));
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_page_has_a_title_a_reason_and_examples() {
    // These are about bytes and comments, which a code block cannot hold; they have tests of their own.
    let without_examples = ["text-crlf", "text-not-utf8", "suppression-unused", "suppression-without-reason"];
    for rule in RULES {
        let title = rule.title();
        assert!(
            title.ends_with('.') && title.len() < 110,
            "{}: the first line is one short sentence: {title}",
            rule.id
        );
        assert!(rule.why().len() > 60, "{}: says why", rule.id);
        assert!(!rule.why().contains("Source: "), "{}: what it is good for ends before the sources", rule.id);
        if without_examples.contains(&rule.id) {
            continue;
        }
        let examples = examples(rule);
        assert!(examples.iter().any(|example| example.is_bad), "{}: has a bad example", rule.id);
        assert!(examples.iter().any(|example| !example.is_bad), "{}: has a good example", rule.id);
    }
}

#[test]
fn every_file_of_a_rule_is_in_the_list_and_no_id_is_there_twice() {
    let mut ids = BTreeSet::new();
    for rule in RULES {
        assert!(ids.insert(rule.id), "{} is there twice", rule.id);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    for family in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        for file in std::fs::read_dir(family).unwrap().map(|entry| entry.unwrap().path()) {
            let text = std::fs::read_to_string(&file).unwrap();
            let named =
                text.lines().filter_map(|line| line.split_once(" = \"")?.1.split_once("\", ")).map(|(id, _)| id);
            for id in named.filter(|id| id.contains('-') && text.contains("rule! {")) {
                assert!(ids.contains(id), "{id} of {} is not in the list", file.display());
            }
        }
    }
}

#[test]
fn safe_fixes_are_the_only_ones_that_run_unasked() {
    each_example(|rule, example| {
        let found = findings(rule, &example.files);
        let texts: BTreeMap<&str, &str> =
            example.files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let safe =
            found.iter().filter_map(|finding| finding.fix.as_ref()).filter(|fix| fix.safety == Safety::Safe).count();
        assert!(apply(&found, &texts, false).count <= safe, "{}", rule.id);
    });
}
