//! Findings as other programs' reports: GitHub's annotations, GitLab's code quality, JUnit.

use super::{Texts, advice};
use crate::print::page::Page;
use piton_check::{Finding, Project, Severity};
use serde_json::{Value, json};
use std::fmt::Write;

/// Lines that GitHub and Forgejo turn into annotations.
pub(crate) fn github(project: &Project, findings: &[Finding]) -> Page {
    let texts = Texts::of(project, findings);
    let mut out = String::new();
    for finding in findings {
        let spot = texts.spot(&finding.path, &finding.range);
        let level = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let _ = writeln!(
            out,
            "::{level} file={},line={},col={},endLine={},endColumn={},title={}::{}",
            property(&finding.path),
            spot.line,
            spot.column,
            spot.end_line,
            spot.end_column,
            finding.rule.id,
            data(&with_advice(finding, "\n")),
        );
    }
    out.into()
}

/// The finding and what to do about it: whoever reads a report has no command line beside it.
fn with_advice(finding: &Finding, between: &str) -> String {
    match advice(finding) {
        Some(advice) => format!("{}{between}help: {advice}", finding.message),
        None => finding.message.clone(),
    }
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// The list that GitLab shows beside a merge request.
pub(crate) fn gitlab(project: &Project, findings: &[Finding]) -> Value {
    let texts = Texts::of(project, findings);
    let one = |(position, finding): (usize, &Finding)| {
        let spot = texts.spot(&finding.path, &finding.range);
        let same = findings[..position]
            .iter()
            .filter(|other| other.rule.id == finding.rule.id && other.path == finding.path)
            .count();
        json!({
            "description": with_advice(finding, "; "),
            "check_name": finding.rule.id,
            "fingerprint": format!("{}:{}:{same}", finding.rule.id, finding.path),
            "severity": match finding.severity {
                Severity::Error => "critical",
                Severity::Warning => "minor",
                Severity::Info => "info",
            },
            "location": { "path": finding.path, "lines": { "begin": spot.line, "end": spot.end_line } },
        })
    };
    findings.iter().enumerate().map(one).collect()
}

/// One suite a file, one failed case a finding; a file without findings has a case that passes.
pub(crate) fn junit(project: &Project, findings: &[Finding]) -> Page {
    let texts = Texts::of(project, findings);
    // A note is no failure, as the exit code has it.
    let fails = |finding: &&Finding| finding.severity > Severity::Info;
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"piton\" tests=\"{}\" failures=\"{}\">\n",
        findings.len().max(1),
        findings.iter().filter(fails).count()
    );
    if findings.is_empty() {
        out.push_str(
            "  <testsuite name=\"piton\" tests=\"1\" failures=\"0\"><testcase name=\"no findings\"/></testsuite>\n",
        );
    }
    for suite in findings.chunk_by(|left, right| left.path == right.path) {
        let path = xml(&suite[0].path);
        let failures = suite.iter().filter(fails).count();
        let _ = writeln!(out, "  <testsuite name=\"{path}\" tests=\"{}\" failures=\"{failures}\">", suite.len());
        for finding in suite {
            let line = texts.spot(&finding.path, &finding.range).line;
            let (message, advice) = (xml(&finding.message), xml(advice(finding).unwrap_or_default()));
            let said = match finding.severity {
                Severity::Info => format!("<system-out>{message} {advice}</system-out>"),
                severity => {
                    format!("<failure type=\"{}\" message=\"{message}\">{advice}</failure>", severity.name())
                }
            };
            let name = format!("{} line {line}", finding.rule.id);
            let _ = writeln!(out, "    <testcase classname=\"{path}\" name=\"{name}\">{said}</testcase>");
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out.into()
}

fn xml(text: &str) -> String {
    // XML has no way to write most control characters.
    let text = text.replace(|letter: char| letter.is_control() && !matches!(letter, '\n' | '\t'), "\u{fffd}");
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
