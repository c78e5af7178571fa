//! Every kind of mistake, as its author sees it: one broken site file each, with a snapshot.
//!
//! To add one, put a file into `broken/`, run the test, and read what `cargo insta review` shows.

#![allow(clippy::unwrap_used, reason = "tests, also outside of their #[test] functions")]

mod samples;

use piton_config::resolve;
use samples::{sites, sources};
use std::collections::BTreeSet;
use std::path::Path;

fn report(text: &str) -> String {
    let problems = resolve(text, "site.toml", &sources()).err().unwrap_or_default();
    problems.iter().map(|problem| problem.to_text(text)).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_broken_site_says_what_is_wrong_and_what_to_do() {
    let sites = sites("broken");
    assert!(sites.len() >= 40, "only {} broken sites", sites.len());
    for (name, text) in sites {
        let report = report(&text);
        assert!(report.starts_with("error[site/"), "{name}.toml resolves");
        assert_eq!(report.matches("error[").count(), report.matches("\nhelp: ").count(), "{name}: no help:\n{report}");
        insta::with_settings!({ description => text, omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, report);
        });
    }
}

#[test]
fn no_snapshot_is_left_of_a_site_that_is_gone() {
    let names: BTreeSet<String> = sites("broken").into_iter().map(|(name, _)| format!("{name}.snap")).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().file_name().to_string_lossy().into_owned();
        let ours = !file.contains("__") && file.ends_with(".snap");
        assert!(!ours || names.contains(&file), "{file} belongs to no broken site");
    }
}

#[test]
fn every_code_has_a_broken_site() {
    let mut shown = String::new();
    for (_, text) in sites("broken") {
        shown.push_str(&report(&text));
    }
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            for code in source.split("\"site/").skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(shown.contains(&format!("error[site/{code}]")), "no broken site shows site/{code}");
            }
        }
    }
}

#[test]
fn a_private_key_is_never_repeated() {
    let text = sites("broken").into_iter().find(|(name, _)| name == "key-pasted-private").unwrap().1;
    let report = report(&text);
    assert!(report.contains("site/private-key"), "{report}");
    assert!(!report.contains("bm90IGEga2V5"), "{report}");
}
