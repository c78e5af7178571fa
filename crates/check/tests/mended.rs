//! What fixes do to files: `mended.md` has the smallest files for each, whether the fix is `safe`, `unsafe`, or there is
//! `none`, and how the files are afterwards.
//!
//! A fix that changed what it should not have is a lost evening of somebody who trusted it. Whoever is told of one adds the
//! file here.

mod sheet;

use piton_check::{Finding, Project, Safety, Selection, apply, rule};
use piton_config::read::{Document, FaultKind, read};
use sheet::sheet;
use std::collections::BTreeMap;

/// How the safest fix of these findings is.
fn safety(found: &[Finding]) -> &'static str {
    let is = |safety: Safety| found.iter().any(|finding| finding.fix.as_ref().is_some_and(|fix| fix.safety == safety));
    match (found.is_empty(), is(Safety::Safe), is(Safety::Unsafe)) {
        (true, _, _) => "silent",
        (_, true, _) => "safe",
        (_, _, true) => "unsafe",
        _ => "none",
    }
}

#[test]
fn fixes_are_as_safe_as_they_say_and_change_what_they_say() {
    let cases = sheet(include_str!("mended.md"));
    assert!(cases.len() > 50 && cases.iter().all(|(_, documents)| !documents.is_empty()));
    let mut wrong = Vec::new();
    for (heading, documents) in cases {
        let mut parts = heading.splitn(3, ": ");
        let (Some(id), Some(expected), Some(_)) = (parts.next(), parts.next(), parts.next()) else {
            panic!("`{heading}` is not `rule: safety: what it is`");
        };
        assert!(rule(id).is_some(), "there is no rule `{id}`");
        let (after, before): (Vec<Document>, Vec<Document>) =
            documents.into_iter().partition(|document| document.path.ends_with(" after"));
        let selection = Selection { select: vec![id.to_owned()], ..Selection::default() };
        let found = Project::new(&before).check(&selection);
        if safety(&found) != expected {
            wrong.push(format!("{heading}: {}", safety(&found)));
        }
        let texts: BTreeMap<&str, &str> =
            before.iter().map(|document| (document.path.as_str(), document.text.as_str())).collect();
        let fixed = apply(&found, &texts, expected == "unsafe");
        for document in &before {
            let wanted = after.iter().find(|after| after.path.strip_suffix(" after") == Some(&document.path));
            let wanted = wanted.map_or(document.text.as_str(), |after| &after.text);
            let new = fixed.texts.get(&document.path).map_or(document.text.as_str(), String::as_str);
            if new != wanted {
                wrong.push(format!("{heading}: {} becomes\n{new}", document.path));
            }
            let read_again = read(&document.path, new.as_bytes(), Some(document.kind));
            let is_broken = |document: &Document| document.faults.iter().any(|fault| fault.kind == FaultKind::Syntax);
            if is_broken(&read_again) && !is_broken(document) {
                wrong.push(format!("{heading}: {} reads no more\n{new}", document.path));
            }
        }
        assert!(expected == "silent" || expected == "none" || !after.is_empty(), "{heading}: how is it afterwards?");
    }
    assert!(wrong.is_empty(), "mended otherwise:\n{}", wrong.join("\n"));
}
