//! Any bytes under a name that decides their kind, through every rule; fixes must apply without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use piton_check::{Project, Selection, apply};
use piton_config::read::{Kind, read};
use std::collections::BTreeMap;

fuzz_target!(|data: &[u8]| {
    let Some((first, bytes)) = data.split_first() else { return };
    let kind = Kind::ALL[usize::from(*first) % Kind::ALL.len()];
    let documents = [read("stack/file", bytes, Some(kind)), read(".env", bytes, None)];
    let findings = Project::new(&documents).check(&Selection { strict: true, ..Selection::default() });
    for finding in &findings {
        let document = documents.iter().find(|document| document.path == finding.path);
        assert!(document.is_some_and(|document| document.text.get(finding.range.clone()).is_some()), "{}", finding.rule.id);
    }
    let texts: BTreeMap<&str, &str> = documents.iter().map(|document| (document.path.as_str(), document.text.as_str())).collect();
    apply(&findings, &texts, true);
});
