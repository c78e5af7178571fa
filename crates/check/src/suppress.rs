//! Comments that say "I know": `# piton: ignore[rule-id] the reason`, on the line or above it.
//!
//! A reason is asked for, since whoever reads the file next will ask too. A comment that silences
//! nothing is told, so that old ones do not stay for ever. `ignore-file[…]` counts for the file.

use crate::finding::{Finding, Report, Severity};
use crate::project::Project;
use crate::rules::{SUPPRESSION_UNUSED, SUPPRESSION_WITHOUT_REASON};
use piton_config::read::Document;
use std::ops::Range;

struct Comment<'a> {
    document: &'a Document,
    range: Range<usize>,
    ids: Vec<&'a str>,
    reason: &'a str,
    whole_file: bool,
    /// The lines that it is about, counted from zero.
    lines: Range<usize>,
    used: bool,
}

/// Takes out what comments silence, and adds what is to be said about the comments.
pub fn suppress(project: &Project, findings: Vec<Finding>) -> Vec<Finding> {
    let mut comments: Vec<Comment> = project.documents.iter().flat_map(comments_of).collect();
    if comments.is_empty() {
        return findings;
    }
    let mut kept = Vec::new();
    for finding in findings {
        let line = project.at(&finding.path).map_or(0, |document| line_of(document, finding.range.start));
        let fits = |comment: &&mut Comment| {
            comment.document.path == finding.path
                && (comment.ids.contains(&finding.rule.id) || comment.ids.contains(&"all"))
                && (comment.whole_file || comment.lines.contains(&line))
        };
        match comments.iter_mut().find(fits) {
            Some(comment) => comment.used = true,
            None => kept.push(finding),
        }
    }
    let mut report = Report { rule: &SUPPRESSION_UNUSED, findings: Vec::new() };
    for comment in comments.iter().filter(|comment| !comment.used) {
        let message = format!("this comment silences nothing: no finding of {} is here", comment.ids.join(", "));
        report.at((comment.document, comment.range.clone()), message).severity(Severity::Warning);
    }
    kept.append(&mut report.findings);
    let mut report = Report { rule: &SUPPRESSION_WITHOUT_REASON, findings: Vec::new() };
    for comment in comments.iter().filter(|comment| comment.reason.is_empty()) {
        report.at((comment.document, comment.range.clone()), "this comment does not say why");
    }
    kept.append(&mut report.findings);
    crate::project::sort(&mut kept);
    kept
}

fn comments_of(document: &Document) -> Vec<Comment<'_>> {
    if !document.text.contains("piton: ignore") {
        return Vec::new();
    }
    let comments = document.comments();
    // Files of which only the text is read have no comments of their own; there a line's start counts.
    let ranges = if comments.is_empty() { document.lines().map(|(range, _)| range).collect() } else { comments };
    ranges.into_iter().filter_map(|range| parse(document, range)).collect()
}

fn parse(document: &Document, range: Range<usize>) -> Option<Comment<'_>> {
    let text = &document.text[range.clone()];
    let at = text.find("piton: ignore")?;
    let rest = &text[at + "piton: ignore".len()..];
    let whole_file = rest.starts_with("-file");
    let rest = rest.strip_prefix("-file").unwrap_or(rest).strip_prefix('[')?;
    let (ids, reason) = rest.split_once(']')?;
    let line = line_of(document, range.start);
    let start = document.text[..range.start].rfind('\n').map_or(0, |newline| newline + 1);
    let alone = document.text[start..range.start].trim().is_empty();
    Some(Comment {
        document,
        ids: ids.split(',').map(str::trim).collect(),
        reason: reason.trim().trim_end_matches("-->").trim(),
        whole_file,
        // A comment that has its line to itself is about the next one that is no comment.
        lines: line..if alone { next_line(document, line) + 1 } else { line + 1 },
        range,
        used: false,
    })
}

fn next_line(document: &Document, line: usize) -> usize {
    let mut next = line + 1;
    for text in document.text.split('\n').skip(line + 1) {
        if !text.trim_start().starts_with(['#', ';', '/']) {
            break;
        }
        next += 1;
    }
    next
}

fn line_of(document: &Document, at: usize) -> usize {
    document.text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count()
}
