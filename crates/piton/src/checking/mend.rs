//! `--fix`: fixes put in until none is left, each file re-read, and nothing kept that reads worse.

use super::{Settings, judge};
use crate::failure::Failure;
use crate::path_name::path_of;
use crate::plain_file;
use crate::print::text::count;
use piton_check::{Finding, Project, Safety, Selection, apply};
use piton_config::read::{Document, FaultKind, read};
use std::collections::{BTreeMap, BTreeSet};

/// A fix may uncover another one; more rounds than this mean that two of them undo each other.
const ROUNDS: usize = 10;

/// How often a file is read anew to find the fixes that it does not bear.
const TRIES: usize = 200;

/// What became of the files.
#[derive(Debug, Default)]
pub(crate) struct Mended {
    /// Path to text before and after.
    pub(crate) files: BTreeMap<String, (String, String)>,
    /// How many findings of a file are there no more.
    counts: BTreeMap<String, usize>,
    /// Files in which a fix was not put in, and why not.
    left: BTreeMap<String, &'static str>,
}

impl Mended {
    pub(crate) fn summary(&self) -> String {
        let findings = self.files.keys().filter_map(|path| self.counts.get(path)).sum();
        let mut text = format!("mended {} in {}", count(findings, "finding"), count(self.files.len(), "file"));
        let reasons: BTreeSet<&str> = self.left.values().copied().collect();
        for reason in reasons {
            let mut files: Vec<&str> =
                self.left.iter().filter(|(_, why)| **why == reason).map(|(path, _)| path.as_str()).collect();
            let more = files.len().saturating_sub(MOST_NAMED);
            files.truncate(MOST_NAMED);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            text.push_str(&format!("; left alone, since {reason}: {}{more}", files.join(", ")));
        }
        text
    }
}

/// Of what is left alone so many are named.
const MOST_NAMED: usize = 5;

const READS_WORSE: &str = "a fix would not have read well";

/// Why a file is left as it is by whoever writes it. Asked only of files that would be written.
pub(crate) fn read_only(name: &str) -> Option<&'static str> {
    plain_file::is_read_only(&path_of(name)).then_some("nobody may write it")
}

/// Mends the documents in memory: what would be told, and not what is silenced or known. A file that is `closed` for some
/// reason is left as it is.
pub(crate) fn mend(
    documents: &mut [Document],
    selection: &Selection,
    settings: &Settings,
    closed: &dyn Fn(&str) -> Option<&'static str>,
    with_unsafe: bool,
) -> Result<Mended, Failure> {
    let mut mended = Mended::default();
    let mut before = numbers(&[]);
    let mut known: BTreeMap<String, Option<&'static str>> = BTreeMap::new();
    for round in 0..=ROUNDS {
        let project = Project::new(documents);
        let mut findings = judge(&project, selection);
        findings.retain(|finding| !settings.silences(finding));
        let mut findings = settings.subtract_known(&project, findings)?;
        findings.retain(|finding| finding.fix.as_ref().is_some_and(|fix| with_unsafe || fix.safety == Safety::Safe));
        let now = numbers(&findings);
        // What a fix was put in for and is still there was not mended.
        for (place, number) in &before {
            let gone = number.saturating_sub(now.get(place).copied().unwrap_or(0));
            *mended.counts.entry(place.0.clone()).or_default() += gone;
        }
        before = now;
        mended.left.retain(|_, why| *why != READS_WORSE);
        let by_file = by_file(&findings);
        let mut changed = Vec::new();
        for (position, document) in documents.iter().enumerate() {
            let Some(wanted) = by_file.get(document.path.as_str()) else { continue };
            let why = known.entry(document.path.clone()).or_insert_with(|| closed(&document.path));
            if let Some(why) = why {
                mended.left.insert(document.path.clone(), why);
                continue;
            }
            let (after, is_all) = put(document, wanted, with_unsafe);
            if !is_all {
                mended.left.insert(document.path.clone(), READS_WORSE);
            }
            changed.extend(after.map(|after| (position, after)));
        }
        if changed.is_empty() || round == ROUNDS {
            break;
        }
        for (position, after) in changed {
            let Some(document) = documents.get_mut(position) else { continue };
            let first = mended.files.remove(&after.path).map_or_else(|| document.text.clone(), |(first, _)| first);
            mended.files.insert(after.path.clone(), (first, after.text.clone()));
            *document = after;
        }
    }
    mended.files.retain(|_, (before, after)| before != after);
    Ok(mended)
}

/// How often each rule is told in each file.
fn numbers(findings: &[Finding]) -> BTreeMap<(String, &'static str), usize> {
    let mut numbers = BTreeMap::new();
    for finding in findings {
        *numbers.entry((finding.path.clone(), finding.rule.id)).or_default() += 1;
    }
    numbers
}

/// The findings by the file that their fix changes first.
fn by_file(findings: &[Finding]) -> BTreeMap<&str, Vec<&Finding>> {
    let mut files: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
        edits.take(1).for_each(|edit| files.entry(&edit.path).or_default().push(finding));
    }
    files
}

/// Puts as many fixes into a file as it bears, and says whether these are all; one that does not read well keeps none of the
/// others out.
fn put(document: &Document, wanted: &[&Finding], with_unsafe: bool) -> (Option<Document>, bool) {
    let with = |fixes: &[&Finding]| {
        let texts = BTreeMap::from([(document.path.as_str(), document.text.as_str())]);
        let fixed = apply(fixes.iter().copied(), &texts, with_unsafe);
        let text = fixed.texts.into_values().next().filter(|text| *text != document.text)?;
        Some(read(&document.path, text.as_bytes(), Some(document.kind)))
    };
    let reads_well = |after: &Option<Document>| after.as_ref().is_none_or(|after| is_as_good(document, after));
    let all = with(wanted);
    if reads_well(&all) {
        return (all, true);
    }
    let mut kept: Vec<&Finding> = Vec::new();
    let mut waiting = halves(wanted);
    let mut is_all = true;
    for _ in 0..TRIES {
        let Some(group) = waiting.pop() else { break };
        let tried: Vec<&Finding> = kept.iter().copied().chain(group.iter().copied()).collect();
        match reads_well(&with(&tried)) {
            true => kept = tried,
            false if group.len() > 1 => waiting.extend(halves(group)),
            false => is_all = false,
        }
    }
    (with(&kept), is_all && waiting.is_empty())
}

/// The second half and the first one, which is tried next.
fn halves<'f, 'a>(group: &'f [&'a Finding]) -> Vec<&'f [&'a Finding]> {
    let (first, second) = group.split_at(group.len() / 2);
    [second, first].into_iter().filter(|half| !half.is_empty()).collect()
}

/// Whether a file reads no worse than before, to its end, and every comment is still there.
fn is_as_good(before: &Document, after: &Document) -> bool {
    let comments = |document: &'_ Document| {
        let ranges = document.comments().into_iter();
        ranges.filter_map(|range| Some(document.text.get(range)?.trim_end().to_owned())).collect::<Vec<_>>()
    };
    faults(after) <= faults(before) && (before.is_partial || !after.is_partial) && comments(before) == comments(after)
}

fn faults(document: &Document) -> usize {
    document.faults.iter().filter(|fault| matches!(fault.kind, FaultKind::Syntax | FaultKind::DuplicateKey)).count()
}

/// Writes the files; each keeps its mode and its other names, and its whole text is somewhere on the disk at any moment. One
/// that cannot be written keeps no other from being mended.
pub(crate) fn write(mended: &mut Mended) -> Result<(), Failure> {
    let mut failed: Option<Failure> = None;
    let mut unwritten: Vec<String> = Vec::new();
    for (name, (before, after)) in &mended.files {
        let path = path_of(name);
        if let Err(error) = plain_file::rewrite(&path, before.as_bytes(), after.as_bytes()) {
            let failure = Failure::file("write", &path, &error);
            match &mut failed {
                Some(first) => first.problems.extend(failure.problems),
                None => failed = Some(failure),
            }
            unwritten.push(name.clone());
        }
    }
    unwritten.iter().for_each(|name| drop(mended.files.remove(name)));
    failed.map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;
    use piton_check::{Edit, Fix, Severity, rule};
    use std::ops::Range;

    /// A finding whose fix writes something else in the place of some bytes.
    fn fix(range: Range<usize>, text: &str) -> Finding {
        let edits = vec![Edit { path: "a.yaml".to_owned(), range: range.clone(), text: text.to_owned() }];
        Finding {
            rule: rule("text-crlf").unwrap(),
            severity: Severity::Info,
            path: "a.yaml".to_owned(),
            range,
            message: String::new(),
            related: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: Some(Fix { safety: Safety::Safe, title: String::new(), edits }),
        }
    }

    fn mended(text: &str, fixes: &[Finding]) -> (String, bool) {
        let document = read("a.yaml", text.as_bytes(), None);
        let (after, is_all) = put(&document, &fixes.iter().collect::<Vec<_>>(), false);
        (after.map_or_else(|| text.to_owned(), |after| after.text), is_all)
    }

    #[test]
    fn a_fix_that_does_not_read_well_keeps_none_of_the_others_out() {
        let fixes = [fix(3..4, "x"), fix(8..9, "["), fix(13..14, "y"), fix(18..19, "z"), fix(18..18, "'")];
        assert_eq!(mended("a: 1\nb: 2\nc: 3\nd: 4\n", &fixes), ("a: x\nb: 2\nc: y\nd: z\n".to_owned(), false));
        assert_eq!(mended("a: 1\nb: 2\n", &fixes[..1]), ("a: x\nb: 2\n".to_owned(), true));
    }

    #[test]
    fn a_fix_that_loses_a_comment_is_not_put_in() {
        let text = "a: 1 # why\nb: 2\n";
        assert_eq!(mended(text, &[fix(3..10, "2")]), (text.to_owned(), false));
        assert_eq!(mended(text, &[fix(0..11, "")]), (text.to_owned(), false));
        assert_eq!(mended(text, &[fix(3..4, "2")]), ("a: 2 # why\nb: 2\n".to_owned(), true));
    }
}
