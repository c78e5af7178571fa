//! All examples of all rules in one run: what one project says must not hide, and not cause, what
//! another one is found to have. A folder stands for a project, as in a repository of many hosts.
#![allow(clippy::unwrap_used, reason = "tests, also outside of their #[test] functions")]

use piton_check::{Example, Finding, Project, RULES, Selection, examples};
use piton_config::read::{Document, read};

/// A folder for each example of one side: `rule-id/3/…`.
fn side(is_bad: bool) -> Vec<(&'static str, String, Example)> {
    let mut found = Vec::new();
    for rule in RULES {
        for (number, example) in examples(rule).into_iter().filter(|example| example.is_bad == is_bad).enumerate() {
            found.push((rule.id, format!("{}.{number}/site/repository", rule.id), example));
        }
    }
    found
}

fn check(side: &[(&str, String, Example)]) -> Vec<Finding> {
    let files = side.iter().flat_map(|(_, folder, example)| {
        example.files.iter().map(move |(name, text)| (format!("{folder}/{name}"), text))
    });
    let documents: Vec<Document> = files.map(|(path, text)| read(&path, text.as_bytes(), None)).collect();
    Project::new(&documents).check(&Selection { strict: true, ..Selection::default() })
}

#[test]
fn every_bad_example_is_found_among_all_the_others() {
    let side = side(true);
    let findings = check(&side);
    let missed: Vec<&str> = side
        .iter()
        .filter(|(id, folder, _)| {
            !findings.iter().any(|finding| finding.rule.id == *id && finding.path.starts_with(&format!("{folder}/")))
        })
        .map(|(_, folder, _)| folder.as_str())
        .collect();
    assert!(missed.is_empty(), "not found among the others: {missed:?}");
}

#[test]
fn no_good_example_is_found_among_all_the_others() {
    let side = side(false);
    let findings = check(&side);
    let wrong: Vec<String> = side
        .iter()
        .flat_map(|(id, folder, _)| {
            findings
                .iter()
                .filter(move |finding| finding.rule.id == *id && finding.path.starts_with(&format!("{folder}/")))
        })
        .map(|finding| format!("{}: {}", finding.path, finding.message))
        .collect();
    assert!(wrong.is_empty(), "found although good:\n{}", wrong.join("\n"));
}
