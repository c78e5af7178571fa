//! Mistakes written as others would write them: `shapes.md` has each lesson in a form that its rule's page does not show.
//!
//! A rule that finds its own example only has learnt the example. Lists where maps are usual, long forms, anchors,
//! overrides, JSON, capitals, other commands of the same meaning: whoever adds a rule adds such a one here.

use piton_check::{Project, Selection, rule};
use piton_config::read::{Document, read};

/// A heading `rule: how it differs`, and the files below it.
fn shapes() -> Vec<(String, Vec<Document>)> {
    let text = include_str!("shapes.md");
    let mut found: Vec<(String, Vec<Document>)> = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines() {
        match (&mut open, line) {
            (Some((name, content)), "```") => {
                let document = read(name, content.as_bytes(), None);
                if let Some((_, documents)) = found.last_mut() {
                    documents.push(document);
                }
                open = None;
            }
            (Some((_, content)), line) => content.push_str(&format!("{line}\n")),
            (None, line) if line.starts_with("## ") => found.push((line[3..].to_owned(), Vec::new())),
            (None, line) if line.starts_with("```") => {
                let name = line.split_once(' ').map_or("", |(_, name)| name);
                open = Some((name.to_owned(), String::new()));
            }
            (None, _) => {}
        }
    }
    found
}

#[test]
fn lessons_are_found_in_other_forms_than_their_examples() {
    let mut missed = Vec::new();
    let shapes = shapes();
    assert!(shapes.len() > 100 && shapes.iter().all(|(_, documents)| !documents.is_empty()));
    for (heading, documents) in shapes {
        let id = heading.split_once(": ").expect("a heading says how it differs").0;
        assert!(rule(id).is_some(), "there is no rule `{id}`");
        let selection = Selection { select: vec![id.to_owned()], ..Selection::default() };
        if Project::new(&documents).check(&selection).is_empty() {
            missed.push(heading);
        }
    }
    assert!(missed.is_empty(), "not found:\n{}", missed.join("\n"));
}
