//! What somebody else judged on files that nothing was made with: `judged.md` has the smallest file for each, written anew,
//! and how bad the finding is there: `silent`, `info`, `warning` or `error`.
//!
//! A linter is believed for its severities. Whoever is told that one was wrong adds the file here.

mod sheet;

use piton_check::{Project, Selection, rule};
use sheet::sheet;

#[test]
fn findings_are_as_bad_as_they_were_judged_to_be() {
    let cases = sheet(include_str!("judged.md"));
    assert!(cases.len() > 60 && cases.iter().all(|(_, documents)| !documents.is_empty()));
    let mut wrong = Vec::new();
    for (heading, documents) in cases {
        let mut parts = heading.splitn(3, ": ");
        let (Some(id), Some(expected), Some(_)) = (parts.next(), parts.next(), parts.next()) else {
            panic!("`{heading}` is not `rule: severity: what it is`");
        };
        assert!(rule(id).is_some(), "there is no rule `{id}`");
        let selection = Selection { select: vec![id.to_owned()], ..Selection::default() };
        let found = Project::new(&documents).check(&selection);
        let worst = found.iter().map(|finding| finding.severity).max();
        let told = worst.map_or("silent", |severity| severity.name());
        if told != expected {
            wrong.push(format!("{heading}: {told} {:?}", found.first().map(|finding| &finding.message)));
        }
    }
    assert!(wrong.is_empty(), "judged otherwise:\n{}", wrong.join("\n"));
}
