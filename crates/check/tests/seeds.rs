//! Every lesson is found in a whole site, and none in a good one: `seeds/bad/` and `seeds/good/`.
#![allow(clippy::unwrap_used, reason = "tests, also outside of their #[test] functions")]

use piton_check::{Finding, Project, Selection, rule};
use piton_config::read::{Document, read};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const LESSONS: &str = include_str!("lessons.txt");

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seeds").join(name)
}

/// Every file below a folder, named from there as `piton check .` would name it.
fn documents(top: &Path) -> Vec<Document> {
    let mut found = Vec::new();
    let mut waiting = vec![top.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            let name = path.strip_prefix(top).unwrap().to_str().unwrap().to_owned();
            found.push(read(&name, &std::fs::read(&path).unwrap(), None));
        }
    }
    found.sort_by(|left, right| left.path.cmp(&right.path));
    found
}

fn findings(top: &Path) -> Vec<Finding> {
    Project::new(&documents(top)).check(&Selection { strict: true, ..Selection::default() })
}

#[test]
fn every_lesson_with_a_rule_is_found_in_the_bad_sites() {
    let sites = std::fs::read_dir(folder("bad")).unwrap().map(|entry| entry.unwrap().path());
    let found: BTreeSet<&str> = sites.flat_map(|site| findings(&site)).map(|finding| finding.rule.id).collect();
    let lessons = LESSONS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split(' ').next());
    let missed: Vec<&str> = lessons.filter(|id| rule(id).is_some() && !found.contains(id)).collect();
    assert!(missed.is_empty(), "not in any bad site, or not found there: {missed:?}");
}

#[test]
fn nothing_is_found_in_the_good_site() {
    let wrong: Vec<String> = findings(&folder("good"))
        .into_iter()
        .map(|finding| format!("{}: {}: {}", finding.path, finding.rule.id, finding.message))
        .collect();
    assert!(wrong.is_empty(), "found although good:\n{}", wrong.join("\n"));
}

#[test]
fn the_good_site_has_files_of_the_kinds_that_the_bad_ones_have() {
    let kinds =
        |top: &Path| -> BTreeSet<&'static str> { documents(top).iter().map(|document| document.kind.name()).collect() };
    let good = kinds(&folder("good"));
    let bad: BTreeSet<&str> =
        std::fs::read_dir(folder("bad")).unwrap().flat_map(|entry| kinds(&entry.unwrap().path())).collect();
    let absent: Vec<&&str> = bad.difference(&good).collect();
    assert!(absent.is_empty(), "a good example is missing of: {absent:?}");
}
