//! Any bytes as a file of any kind, through every rule; fixes must apply, and memory stays bounded.
#![no_main]

use libfuzzer_sys::fuzz_target;
use piton_check::{Project, Selection, apply, suppress};
use piton_config::read::read;
use piton_fuzz::{Counting, document, within_memory};
use std::collections::BTreeMap;
use std::sync::Once;

#[global_allocator]
static COUNTING: Counting = Counting;
static WARM: Once = Once::new();

fuzz_target!(|data: &[u8]| {
    // Tables that are made once are nobody's input.
    WARM.call_once(|| judge(b"compose.yaml\nservices: { a: { image: redis } }\n"));
    within_memory(data.len(), || judge(data));
});

fn judge(data: &[u8]) {
    let Some((document, bytes)) = document(data) else { return };
    let variables = read("stack/.env", &bytes[..bytes.len().min(1000)], None);
    let documents = [document, variables];
    let project = Project::new(&documents);
    let selection = Selection { strict: true, ..Selection::default() };
    let findings = suppress(&project, project.check(&selection), &selection);
    for finding in &findings {
        let document = documents.iter().find(|document| document.path == finding.path);
        assert!(document.is_some_and(|document| document.text.get(finding.range.clone()).is_some()), "{}", finding.rule.id);
    }
    let texts: BTreeMap<&str, &str> =
        documents.iter().map(|document| (document.path.as_str(), document.text.as_str())).collect();
    apply(&findings, &texts, true);
}
