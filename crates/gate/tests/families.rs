//! Every family's own tests, and that the data files hold together.
#![allow(clippy::unwrap_used, reason = "tests, also outside of their #[test] functions")]

use piton_gate::{NoFiles, Policy, Request, Verdict, judge};
use std::fs;
use std::path::Path;

fn verdict(command: &str) -> Verdict {
    let request = Request { command: command.to_owned(), ..Request::default() };
    judge(&request, &Policy::default(), &NoFiles).verdict
}

#[test]
fn every_family_judges_its_own_examples_as_it_says() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("families")).unwrap() {
        let path = entry.unwrap().path();
        let family = path.file_name().unwrap().to_string_lossy().into_owned();
        let document: toml_edit::DocumentMut = fs::read_to_string(&path).unwrap().parse().unwrap();
        for expected in [Verdict::Allow, Verdict::Ask, Verdict::Deny] {
            let commands = document["tests"][expected.name()].as_array().unwrap();
            assert!(!commands.is_empty(), "{family} has no test for {}", expected.name());
            for command in commands {
                seen += 1;
                let command = command.as_str().unwrap();
                let given = verdict(command);
                if given != expected {
                    wrong.push(format!("{family}: {} instead of {}: {command}", given.name(), expected.name()));
                }
            }
        }
    }
    assert!(seen > 200, "only {seen} examples were read");
    assert!(wrong.is_empty(), "{} of {seen} examples are judged otherwise:\n{}", wrong.len(), wrong.join("\n"));
}
