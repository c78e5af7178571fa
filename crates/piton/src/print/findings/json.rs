//! Findings as one JSON object, whose shape is promised.

use super::Texts;
use crate::checking::Known;
use crate::print::json::object;
use piton_check::{Finding, Project, Safety};
use serde_json::{Value, json};

pub(crate) fn json(project: &Project, findings: &[Finding], known: Option<&Known>) -> Value {
    let texts = Texts::of(project, findings);
    let findings: Vec<Value> = findings.iter().map(|finding| one(finding, &texts)).collect();
    let mut fields = json!({ "files": project.documents.len(), "findings": findings });
    if let (Some(known), Some(fields)) = (known, fields.as_object_mut()) {
        fields.insert("baseline".to_owned(), json!({ "known": known.known, "unneeded": known.unneeded }));
    }
    object("piton.check/1", fields)
}

fn one(finding: &Finding, texts: &Texts) -> Value {
    let spot = texts.spot(&finding.path, &finding.range);
    let mut value = json!({
        "rule": finding.rule.id,
        "severity": finding.severity.name(),
        "confidence": finding.confidence().name(),
        "path": finding.path,
        "line": spot.line,
        "column": spot.column,
        "end_line": spot.end_line,
        "end_column": spot.end_column,
        "message": finding.message,
        "why": finding.rule.why(),
    });
    let Some(fields) = value.as_object_mut() else { return value };
    if let Some(help) = &finding.help {
        fields.insert("help".to_owned(), json!(help));
    }
    if let Some(fix) = &finding.fix {
        let edits: Vec<Value> = fix
            .edits
            .iter()
            .map(|edit| json!({ "path": edit.path, "start": edit.range.start, "end": edit.range.end, "text": edit.text }))
            .collect();
        let safe = fix.safety == Safety::Safe;
        fields.insert("fix".to_owned(), json!({ "title": fix.title, "safe": safe, "edits": edits }));
    }
    let related: Vec<Value> = finding
        .related
        .iter()
        .map(|related| {
            let spot = texts.spot(&related.path, &related.range);
            json!({ "path": related.path, "line": spot.line, "column": spot.column, "message": related.text })
        })
        .collect();
    fields.insert("related".to_owned(), Value::Array(related));
    value
}
