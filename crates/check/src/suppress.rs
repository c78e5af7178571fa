//! Comments that say "I know": `# piton: ignore[rule-id] the reason`, on the line or above it.
//!
//! A reason is asked for, since whoever reads the file next will ask too. A comment that silences
//! nothing is told, so that old ones do not stay for ever. `ignore-file[…]` counts for the file, and
//! a family of rules (`compose`) for all of them.

use crate::finding::{Finding, Report};
use crate::project::{Project, Selection, is_family};
use crate::rule::Rule;
use crate::rules::{RULES, SUPPRESSION_UNUSED, SUPPRESSION_WITHOUT_REASON};
use piton_config::nearest;
use piton_config::read::{Document, Kind};
use std::collections::HashMap;
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

impl Comment<'_> {
    /// Whether it silences nothing here since it only shows how one does: a page about configuration, a test's expectation.
    fn is_quoted(&self) -> bool {
        let is_no_kind = matches!(self.document.kind, Kind::Other | Kind::Markdown | Kind::Toml);
        let looks_here = |rule: &Rule| rule.kinds().is_empty() || rule.kinds().contains(&self.document.kind);
        is_no_kind && !self.used && !self.ids.iter().any(|id| crate::rule(id).is_some_and(looks_here))
    }

    fn names(&self, id: &str) -> bool {
        self.ids.iter().any(|name| *name == id || is_family(id, name))
    }

    /// Whether every rule that it names was asked, so that it can be said to silence nothing.
    fn is_asked(&self, selection: &Selection) -> bool {
        RULES.iter().filter(|rule| self.names(rule.id)).all(|rule| selection.wants(rule))
    }

    /// The first name that is no rule's and no family's.
    fn unknown(&self) -> Option<&&str> {
        self.ids.iter().find(|name| !RULES.iter().any(|rule| rule.id == **name || is_family(rule.id, name)))
    }
}

/// The comments of one file, in its order, and where its lines begin.
struct Commented<'a> {
    comments: Vec<Comment<'a>>,
    starts: Vec<usize>,
    /// Which of them count for the file; more than a few dozen nobody writes by hand.
    whole: Vec<usize>,
}

/// Takes out what comments silence, and adds what is to be said about the comments.
pub fn suppress(project: &Project, findings: Vec<Finding>, selection: &Selection) -> Vec<Finding> {
    let files = project.documents.iter().filter_map(|document| Some((document.path.as_str(), comments_of(document)?)));
    let mut files: HashMap<&str, Commented> = files.collect();
    if files.is_empty() {
        return findings;
    }
    let mut kept: Vec<Finding> =
        findings.into_iter().filter(|finding| !silence(files.get_mut(finding.path.as_str()), finding)).collect();
    let mut unused = Report::new(&SUPPRESSION_UNUSED);
    let mut unreasoned = Report::new(&SUPPRESSION_WITHOUT_REASON);
    for comment in project
        .documents
        .iter()
        .filter_map(|document| files.get(document.path.as_str()))
        .flat_map(|file| &file.comments)
    {
        if comment.is_quoted() {
            continue;
        }
        tell_unused(comment, selection, &mut unused);
        if comment.reason.is_empty() && !comment.ids.is_empty() {
            unreasoned.at((comment.document, comment.range.clone()), "this comment does not say why");
        }
    }
    kept.append(&mut unused.finish());
    kept.append(&mut unreasoned.finish());
    crate::project::sort(&mut kept);
    kept
}

/// Says of a comment that it silences nothing, and why.
fn tell_unused(comment: &Comment, selection: &Selection, report: &mut Report) {
    // What it silences may stand behind the place where the reader stopped.
    if comment.used || comment.document.is_partial {
        return;
    }
    let place = (comment.document, comment.range.clone());
    if comment.ids.is_empty() {
        let finding = report.at(place, "this comment silences nothing: it names no rule in brackets");
        finding.help("piton: ignore[RULE] and the reason");
    } else if let Some(unknown) = comment.unknown() {
        let what = format!("there is no rule {unknown}, and no family of that name: this comment silences nothing");
        let near = nearest(unknown, RULES.iter().map(|rule| rule.id));
        report.at(place, what).help = near.map(|near| format!("{near} is one"));
    } else if comment.is_asked(selection) {
        let names = comment.ids.join(", ");
        report.at(place, format!("this comment silences nothing: no finding of {names} is here"));
    }
}

/// Whether a comment silences a finding; that comment is then of use.
fn silence(file: Option<&mut Commented>, finding: &Finding) -> bool {
    let Some(file) = file else { return false };
    let line = file.starts.partition_point(|start| *start <= finding.range.start).saturating_sub(1);
    let named = |comment: &Comment| comment.names(finding.rule.id);
    // Those that reach to a line stand on it, or right above it one after another.
    let behind = file.comments.partition_point(|comment| comment.lines.start <= line);
    let near = file.comments[..behind].iter_mut().rev().take_while(|comment| comment.lines.contains(&line));
    let mut near = near.filter(|comment| named(comment));
    if let Some(comment) = near.next() {
        comment.used = true;
        return true;
    }
    let whole = file.whole.iter().find(|position| file.comments.get(**position).is_some_and(named));
    if let Some(comment) = whole.and_then(|position| file.comments.get_mut(*position)) {
        comment.used = true;
    }
    whole.is_some()
}

/// What such a comment begins with, and hardly anything else has in it.
const SIGN: &str = "piton:";

fn comments_of(document: &Document) -> Option<Commented<'_>> {
    if !document.text.contains(SIGN) {
        return None;
    }
    let comments = document.comments();
    let lines: Vec<(Range<usize>, &str)> = document.lines().collect();
    // Files of which only the text is read have no comments of their own; there a line's start counts.
    let ranges = if comments.is_empty() { lines.iter().map(|(range, _)| range.clone()).collect() } else { comments };
    // For each line the next one that is no comment.
    let mut next = vec![lines.len(); lines.len() + 1];
    for (line, (_, text)) in lines.iter().enumerate().rev() {
        let is_comment = text.trim_start().starts_with(['#', ';', '/']);
        next[line] = if is_comment { next[line + 1] } else { line };
    }
    let starts: Vec<usize> = lines.iter().map(|(range, _)| range.start).collect();
    let line_of = |at: usize| starts.partition_point(|start| *start <= at).saturating_sub(1);
    let comments = ranges.into_iter().filter_map(|range| {
        let line = line_of(range.start);
        let behind = next.get(line + 1).copied().unwrap_or(line + 1);
        parse(document, range, line, behind)
    });
    let comments: Vec<Comment> = comments.collect();
    let whole = comments.iter().enumerate().filter(|(_, comment)| comment.whole_file).map(|(position, _)| position);
    Some(Commented { whole: whole.take(64).collect(), comments, starts })
}

fn parse(document: &Document, range: Range<usize>, line: usize, next: usize) -> Option<Comment<'_>> {
    let text = &document.text[range.clone()];
    let (before, behind) = text.split_once(SIGN)?;
    let rest = behind.trim_start_matches(' ').strip_prefix("ignore")?;
    let whole_file = rest.starts_with("-file");
    let rest = rest.strip_prefix("-file").unwrap_or(rest).trim_start_matches(' ');
    let (ids, reason) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((ids, reason)) => (ids.split(',').map(str::trim).filter(|id| !id.is_empty()).collect(), reason),
        // What speaks of such comments is none.
        None if before.contains(char::is_alphanumeric) => return None,
        None => (Vec::new(), rest),
    };
    let start = document.text[..range.start].rfind('\n').map_or(0, |newline| newline + 1);
    let alone = document.text[start..range.start].trim().is_empty();
    Some(Comment {
        document,
        ids,
        reason: reason.trim().trim_end_matches("-->").trim(),
        whole_file,
        // A comment that has its line to itself is about the next one that is no comment.
        lines: line..if alone { next + 1 } else { line + 1 },
        range,
        used: false,
    })
}
