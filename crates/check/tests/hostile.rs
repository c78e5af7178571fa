//! Files that nobody means well with: every reader and every rule goes on, and every place stays in its text.
#![allow(clippy::unwrap_used, reason = "tests, also outside of their #[test] functions")]

use piton_check::{Project, RULES, Selection, apply, examples};
use piton_config::read::{Kind, read};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn all_at_once(name: &str, bytes: &[u8], kind: Option<Kind>) {
    let documents = [read(name, bytes, kind), read("stack/.env", bytes, None)];
    let findings = Project::new(&documents).check(&Selection { strict: true, ..Selection::default() });
    for finding in &findings {
        let document = documents.iter().find(|document| document.path == finding.path).unwrap();
        assert!(document.text.get(finding.range.clone()).is_some(), "{} points outside of its text", finding.rule.id);
    }
    let texts: BTreeMap<&str, &str> =
        documents.iter().map(|document| (document.path.as_str(), document.text.as_str())).collect();
    apply(&findings, &texts, true);
}

fn example_files() -> Vec<(String, String)> {
    RULES.iter().flat_map(examples).flat_map(|example| example.files).collect()
}

#[test]
fn examples_that_are_cut_off_anywhere_are_read() {
    for (name, text) in example_files() {
        for end in (0..text.len()).step_by(5) {
            all_at_once(&name, &text.as_bytes()[..end], None);
        }
    }
}

#[test]
fn every_example_is_read_as_every_kind() {
    for (position, (_, text)) in example_files().into_iter().enumerate() {
        for kind in Kind::ALL.iter().skip(position % 4).step_by(4) {
            all_at_once("stack/file", text.as_bytes(), Some(*kind));
        }
    }
}

#[test]
fn what_would_be_gigabytes_expanded_stays_small() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..40 {
        let below = level - 1;
        bomb.push_str(&format!(
            "a{level}: &a{level} [*a{below}, *a{below}, *a{below}, *a{below}, *a{below}, *a{below}]\n"
        ));
    }
    bomb.push_str("services:\n  web: { <<: [*a39, *a38], image: redis, ports: *a39 }\n");
    all_at_once("compose.yaml", bomb.as_bytes(), None);
    let mut merges = String::from("m0: &m0 { image: redis }\n");
    for level in 1..40 {
        let below = level - 1;
        merges.push_str(&format!("m{level}: &m{level} {{ <<: [*m{below}, *m{below}, *m{below}] }}\n"));
    }
    merges.push_str("services: { web: *m39 }\n");
    all_at_once("compose.yaml", merges.as_bytes(), None);
}

#[test]
fn what_lies_very_deep_or_is_very_long_is_a_fault_and_no_crash() {
    all_at_once("compose.yaml", "[".repeat(100_000).as_bytes(), None);
    all_at_once("openclaw.json", "{\"a\":".repeat(100_000).as_bytes(), None);
    all_at_once("Caddyfile", "a {\n".repeat(50_000).as_bytes(), None);
    all_at_once("Dockerfile", "RUN a \\\n".repeat(50_000).as_bytes(), None);
    all_at_once(".env", format!("A=\"{}", "x".repeat(2_000_000)).as_bytes(), None);
    all_at_once("run.sh", format!("#!/bin/sh\necho '{}", "y ".repeat(500_000)).as_bytes(), None);
    all_at_once("compose.yaml", &[0xff, 0xfe, 0, b's', 0, b'e', 0], None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn examples_with_bytes_changed_are_read(pick in any::<prop::sample::Index>(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let files = example_files();
        let (name, text) = pick.get(&files);
        let mut bytes = text.clone().into_bytes();
        for (at, byte) in changes {
            if !bytes.is_empty() {
                let position = at.index(bytes.len());
                bytes[position] = byte;
            }
        }
        all_at_once(name, &bytes, None);
    }
}
