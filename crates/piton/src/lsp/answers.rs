//! Findings in the protocol's words: diagnostics, what a hover says, and quick fixes.

use super::address::address;
use super::place::{Encoding, Lines};
use super::workspace::Workspace;
use piton_check::{Edit, Finding, Rule, Safety, Severity};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::ops::Range;

/// Mends all that is safe in one file, when an editor saves or the user asks.
pub(super) const FIX_ALL: &str = "source.fixAll.piton";

/// The address by which a client knows a file.
fn address_of(workspace: &Workspace, shown: &str) -> String {
    workspace.open.get(shown).map_or_else(|| address(&workspace.whole(shown)), |open| open.address.clone())
}

/// The findings of one file.
pub(super) fn diagnostics(workspace: &Workspace, findings: &[Finding], shown: &str, encoding: Encoding) -> Value {
    let lines = Lines::new(workspace.text(shown).unwrap_or_default(), encoding);
    let mine = findings.iter().filter(|finding| finding.path == shown);
    mine.map(|finding| diagnostic(workspace, finding, &lines, encoding)).collect()
}

fn diagnostic(workspace: &Workspace, finding: &Finding, lines: &Lines, encoding: Encoding) -> Value {
    let mut message = finding.message.clone();
    finding.notes.iter().for_each(|note| message.push_str(&format!("\n{note}")));
    if let Some(help) = &finding.help {
        message.push_str(&format!("\nhelp: {help}"));
    }
    let related = finding.related.iter().map(|related| {
        let text = workspace.text(&related.path).unwrap_or_default();
        let range = Lines::new(text, encoding).range(&related.range);
        json!({ "location": { "uri": address_of(workspace, &related.path), "range": range }, "message": related.text })
    });
    json!({
        "range": lines.range(&finding.range),
        "severity": match finding.severity { Severity::Error => 1, Severity::Warning => 2, Severity::Info => 3 },
        "code": finding.rule.id,
        "source": "piton",
        "message": message,
        "relatedInformation": related.collect::<Vec<_>>(),
    })
}

/// Why the findings at a place matter.
pub(super) fn hover(workspace: &Workspace, findings: &[Finding], shown: &str, at: &Value, encoding: Encoding) -> Value {
    let lines = Lines::new(workspace.text(shown).unwrap_or_default(), encoding);
    let at = lines.byte(at);
    let here: Vec<&Finding> = findings.iter().filter(|finding| finding.path == shown && covers(finding, at)).collect();
    let Some(first) = here.first() else { return Value::Null };
    let mut rules: Vec<&Rule> = here.iter().map(|finding| finding.rule).collect();
    rules.dedup_by_key(|rule| rule.id);
    let text: Vec<String> = rules.into_iter().map(about).collect();
    json!({
        "contents": { "kind": "markdown", "value": text.join("\n\n---\n\n") },
        "range": lines.range(&first.range),
    })
}

/// A finding without any width covers the place where it stands.
fn covers(finding: &Finding, at: usize) -> bool {
    finding.range.start <= at && at <= finding.range.end
}

/// A rule's page without its examples: what it finds, why, and where that is known from.
fn about(rule: &Rule) -> String {
    let page = piton_check::page(rule);
    let mut text = String::new();
    let mut in_code = false;
    for line in page.lines() {
        let is_label = (line.starts_with("Bad, `") || line.starts_with("Good, `")) && line.ends_with(':');
        match line.starts_with("```") {
            true => in_code = !in_code,
            false if in_code || is_label => {}
            false => text.push_str(&format!("{line}\n")),
        }
    }
    while text.contains("\n\n\n") {
        text = text.replace("\n\n\n", "\n\n");
    }
    format!("{}\n\nExamples: `piton explain {}`", text.trim().replacen("# ", "### ", 1), rule.id)
}

/// What can be done about the findings in a range.
pub(super) fn actions(
    workspace: &mut Workspace,
    findings: &[Finding],
    asked: &Value,
    shown: &str,
    encoding: Encoding,
) -> Value {
    let lines = Lines::new(workspace.text(shown).unwrap_or_default(), encoding);
    let range = lines.bytes(&asked["range"]);
    let only: Option<Vec<&str>> =
        asked["context"]["only"].as_array().map(|kinds| kinds.iter().filter_map(Value::as_str).collect());
    // A kind that is asked for means all that begin with it.
    let wants = |kind: &str| {
        only.as_ref().is_none_or(|only| {
            only.iter()
                .any(|asked| kind == *asked || kind.strip_prefix(*asked).is_some_and(|rest| rest.starts_with('.')))
        })
    };
    let mut actions = Vec::new();
    if wants("quickfix") {
        let here = findings.iter().filter(|finding| finding.path == shown && touches(&finding.range, &range));
        actions.extend(here.filter_map(|finding| quick_fix(workspace, finding, &lines, encoding)));
    }
    // Offered when it is asked for by its name: nobody wants it in the menu of every line.
    if only.is_some() && wants(FIX_ALL) {
        actions.extend(fix_all(workspace, shown, encoding));
    }
    Value::Array(actions)
}

fn touches(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start <= other.end && other.start <= one.end
}

fn quick_fix(workspace: &Workspace, finding: &Finding, lines: &Lines, encoding: Encoding) -> Option<Value> {
    let fix = finding.fix.as_ref()?;
    let is_safe = fix.safety == Safety::Safe;
    let title = if is_safe { fix.title.clone() } else { format!("{} (unsafe: may change more than that)", fix.title) };
    Some(json!({
        "title": title,
        "kind": "quickfix",
        "isPreferred": is_safe,
        "diagnostics": [diagnostic(workspace, finding, lines, encoding)],
        "edit": { "changes": changes(workspace, &fix.edits, encoding) },
    }))
}

fn changes(workspace: &Workspace, edits: &[Edit], encoding: Encoding) -> Map<String, Value> {
    let mut changes: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for edit in edits {
        let lines = Lines::new(workspace.text(&edit.path).unwrap_or_default(), encoding);
        let change = json!({ "range": lines.range(&edit.range), "newText": edit.text });
        changes.entry(address_of(workspace, &edit.path)).or_default().push(change);
    }
    changes.into_iter().map(|(address, edits)| (address, Value::Array(edits))).collect()
}

fn fix_all(workspace: &mut Workspace, shown: &str, encoding: Encoding) -> Option<Value> {
    let new = workspace.mended(shown)?;
    let text = workspace.text(shown)?;
    let edit = json!({ "range": Lines::new(text, encoding).range(&(0..text.len())), "newText": new });
    Some(json!({
        "title": "Mend all that is safe to mend",
        "kind": FIX_ALL,
        "edit": { "changes": { address_of(workspace, shown): [edit] } },
    }))
}
