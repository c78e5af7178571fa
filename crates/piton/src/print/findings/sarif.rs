//! Findings as SARIF 2.1.0, for code scanning.

use super::Texts;
use crate::path_name::path_of;
use piton_check::{Finding, Project, RULES, Rule, Severity};
use serde_json::{Value, json};
use std::os::unix::ffi::OsStrExt;

pub(crate) fn sarif(project: &Project, findings: &[Finding]) -> Value {
    let texts = Texts::of(project, findings);
    let used: Vec<&Rule> =
        RULES.iter().filter(|rule| findings.iter().any(|finding| finding.rule.id == rule.id)).collect();
    let results: Vec<Value> = findings.iter().map(|finding| result(finding, &used, &texts)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "piton",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": used.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.title() },
        "fullDescription": { "text": rule.why() },
        "help": { "text": rule.text(), "markdown": piton_check::page(rule) },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": { "precision": rule.confidence.name() },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn result(finding: &Finding, used: &[&Rule], texts: &Texts) -> Value {
    let related: Vec<Value> = finding
        .related
        .iter()
        .map(|related| {
            let mut place = location(&related.path, &related.range, texts);
            if let Some(place) = place.as_object_mut() {
                place.insert("message".to_owned(), json!({ "text": related.text }));
            }
            place
        })
        .collect();
    json!({
        "ruleId": finding.rule.id,
        "ruleIndex": used.iter().position(|rule| rule.id == finding.rule.id),
        "level": level(finding.severity),
        "message": { "text": finding.message },
        "locations": [location(&finding.path, &finding.range, texts)],
        "relatedLocations": related,
    })
}

fn location(path: &str, range: &std::ops::Range<usize>, texts: &Texts) -> Value {
    let spot = texts.spot(path, range);
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": address(path) },
        "region": {
            "startLine": spot.line, "startColumn": spot.column, "endLine": spot.end_line, "endColumn": spot.end_column,
        },
    }})
}

/// A path as the relative address that SARIF wants, byte for byte.
fn address(name: &str) -> String {
    let mut out = String::new();
    for byte in path_of(name).as_os_str().as_bytes() {
        match *byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' | b'+' => {
                out.push(char::from(*byte))
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}
