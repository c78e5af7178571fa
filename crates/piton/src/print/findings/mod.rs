//! Findings, as people and as programs read them; one file a format.

mod json;
mod report;
mod sarif;

pub(crate) use json::json;
pub(crate) use report::{github, gitlab, junit};
pub(crate) use sarif::sarif;

use super::page::Page;
use super::problem;
use super::text::{Ink, count};
use crate::checking::mend::Mended;
use crate::path_name::path_of;
use piton_check::{Finding, Project, Safety, Severity};
use piton_config::{Label, Level, Problem, Span};
use similar::TextDiff;
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::ffi::OsStrExt;

/// Where a finding begins and ends, in lines and columns counted from one.
pub(super) struct Spot {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) end_line: usize,
    pub(super) end_column: usize,
}

/// The texts of all files without the secrets in them, and for each the offsets at which its lines begin.
pub(super) struct Texts<'a> {
    by_path: BTreeMap<&'a str, (String, Vec<usize>)>,
}

impl<'a> Texts<'a> {
    /// Looks at the files that findings point into, and at no others.
    pub(super) fn of(project: &'a Project, findings: &'a [Finding]) -> Texts<'a> {
        let mut wanted: BTreeMap<&str, (String, Vec<usize>)> = BTreeMap::new();
        for finding in findings {
            wanted.entry(&finding.path).or_default();
            finding.related.iter().for_each(|related| {
                wanted.entry(&related.path).or_default();
            });
        }
        for document in project.documents {
            if let Some(entry) = wanted.get_mut(document.path.as_str()) {
                let starts = document.text.match_indices('\n').map(|(at, _)| at + 1);
                *entry = (piton_check::mask(&document.text), std::iter::once(0).chain(starts).collect());
            }
        }
        Texts { by_path: wanted }
    }

    pub(super) fn text(&self, path: &str) -> &str {
        self.by_path.get(path).map_or("", |(text, _)| text.as_str())
    }

    pub(super) fn spot(&self, path: &str, range: &std::ops::Range<usize>) -> Spot {
        let (line, column) = self.place(path, range.start);
        let (end_line, end_column) = self.place(path, range.end.max(range.start));
        Spot { line, column, end_line, end_column }
    }

    fn place(&self, path: &str, at: usize) -> (usize, usize) {
        let Some((text, starts)) = self.by_path.get(path) else { return (1, 1) };
        let line = starts.partition_point(|start| *start <= at);
        let start = starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let before = text.get(start..at).map_or(0, |before| before.chars().count());
        (line.max(1), before + 1)
    }
}

/// The findings for people, each with its line, and one line at the end.
pub(crate) fn text(project: &Project, findings: &[Finding]) -> Page {
    let texts = Texts::of(project, findings);
    let mut page = Page::default();
    // One place, mended once: an anchor that three services repeat is read once as well.
    let same = |one: &Finding, other: &Finding| {
        one.rule.id == other.rule.id && one.path == other.path && one.range == other.range && !one.range.is_empty()
    };
    for group in findings.chunk_by(same) {
        let Some((first, more)) = group.split_first() else { continue };
        let told = more.iter().fold(as_problem(first), |told, other| told.note(format!("also: {}", other.message)));
        page.push(&problem::one(&told, &|file| texts.text(file)));
        page.end();
    }
    summary(project, findings, &mut page);
    page
}

/// A finding in the form in which every mistake is shown.
pub(crate) fn as_problem(finding: &Finding) -> Problem {
    let label = |path: &str, range: &std::ops::Range<usize>, text: &str| Label {
        span: Span { file: path.to_owned(), range: range.clone() },
        text: text.to_owned(),
    };
    let mut problem = Problem::new(finding.rule.id, &finding.message);
    problem.level = match finding.severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
        Severity::Info => Level::Info,
    };
    problem.label = Some(label(&finding.path, &finding.range, ""));
    problem.related =
        finding.related.iter().map(|related| label(&related.path, &related.range, &related.text)).collect();
    problem.notes = finding.notes.clone();
    problem.help = match (&finding.help, &finding.fix) {
        (Some(help), Some(fix)) if fix.safety == Safety::Safe => Some(format!("{help} (--fix does it)")),
        (Some(help), _) => Some(help.clone()),
        (None, Some(fix)) if fix.safety == Safety::Safe => Some(format!("{} (--fix does it)", fix.title)),
        (None, Some(fix)) => Some(format!("{} (--unsafe-fixes does it)", fix.title)),
        (None, None) => None,
    };
    problem
}

/// What to write instead, for a report that is not read beside the command line.
pub(super) fn advice(finding: &Finding) -> Option<&str> {
    finding.help.as_deref().or(finding.fix.as_ref().map(|fix| fix.title.as_str()))
}

/// More findings than somebody mends before lunch.
const MANY: usize = 50;

fn summary(project: &Project, findings: &[Finding], page: &mut Page) {
    let of = |severity: Severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let files = count(project.documents.len(), "file");
    let with_any: BTreeSet<&str> = findings.iter().map(|finding| finding.path.as_str()).collect();
    let files = match with_any.len() {
        some @ 1.. if some < project.documents.len() => format!("{some} of {files}"),
        _ => files,
    };
    if findings.is_empty() {
        page.put(Ink::Good, "Nothing found").put(Ink::Plain, &format!(" in {files}.")).end();
        return;
    }
    let parts = [
        (Severity::Error, "error", Ink::Error),
        (Severity::Warning, "warning", Ink::Warning),
        (Severity::Info, "note", Ink::Strong),
    ];
    let mut first = true;
    for (severity, name, ink) in parts {
        if of(severity) > 0 {
            page.put(Ink::Plain, if first { "" } else { ", " }).put(ink, &count(of(severity), name));
            first = false;
        }
    }
    page.put(Ink::Plain, &format!(" in {files}."));
    let fixable = |safety: Safety| {
        findings.iter().filter(|finding| finding.fix.as_ref().is_some_and(|fix| fix.safety == safety)).count()
    };
    if fixable(Safety::Safe) > 0 {
        page.put(Ink::Plain, &format!(" `--fix` mends {}.", fixable(Safety::Safe)));
    }
    page.put(Ink::Dim, " `piton explain RULE` says more.").end();
    if findings.len() > MANY {
        let help =
            "to begin here, keep these as known and see only what is new: `piton check --write-baseline known.txt`";
        page.put(Ink::Good, "help").put(Ink::Plain, &format!(": {help}")).end();
    }
}

/// What fixes would change, as a patch.
pub(crate) fn differences(mended: &Mended) -> Page {
    let mut page = Page::default();
    for (path, (before, after)) in &mended.files {
        let diff = TextDiff::from_lines(before, after);
        // A secret beside a change is nobody's business; without lines around it the patch still fits.
        let around = if piton_check::mask(before) == *before { 2 } else { 0 };
        // `patch -p1` takes off what stands before the first slash, and with it a root that is none.
        let path = path_of(path);
        let path = path.as_os_str().as_bytes();
        let path = path.strip_prefix(b"/").unwrap_or(path);
        let patch =
            diff.unified_diff().context_radius(around).header(&in_patch("a", path), &in_patch("b", path)).to_string();
        for line in patch.lines() {
            let ink = match line.chars().next() {
                Some('+') => Ink::Add,
                Some('-') => Ink::Remove,
                _ => Ink::Plain,
            };
            page.put_source(ink, &piton_check::mask(line));
            page.end();
        }
    }
    page
}

/// A path as git and patch read it: in quotes, with bytes in octal digits, where it does not end its line or is no text.
fn in_patch(side: &str, path: &[u8]) -> String {
    match std::str::from_utf8(path) {
        Ok(text) if !text.contains(|letter: char| letter.is_control() || matches!(letter, '"' | '\\')) => {
            format!("{side}/{text}")
        }
        _ => {
            let letter = |byte: &u8| match byte {
                b'"' | b'\\' => format!("\\{}", char::from(*byte)),
                b' '..=b'~' => char::from(*byte).to_string(),
                other => format!("\\{other:03o}"),
            };
            format!("\"{side}/{}\"", path.iter().map(letter).collect::<String>())
        }
    }
}
