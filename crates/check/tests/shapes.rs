//! Mistakes written as others would write them: `shapes.md` has each lesson in a form that its rule's page does not show.
//!
//! A rule that finds its own example only has learnt the example. Lists where maps are usual, long forms, anchors,
//! overrides, JSON, capitals, other commands of the same meaning: whoever adds a rule adds such a one here.

mod sheet;

use piton_check::{Project, Selection, rule};
use sheet::sheet;

#[test]
fn lessons_are_found_in_other_forms_than_their_examples() {
    let mut missed = Vec::new();
    let shapes = sheet(include_str!("shapes.md"));
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
