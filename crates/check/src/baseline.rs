//! Old findings that are known: kept in a file, so that only new ones are told.
//!
//! A finding is known by its rule, its file and the line it stands on, not by the line's number:
//! lines that move stay known, lines that change do not.

use crate::finding::Finding;
use crate::project::Project;
use std::collections::BTreeMap;

/// Rule, path and line with how often, one a line of the file.
///
/// `known_as` gives a path as it is kept: in one field of a line, and the same wherever piton was started.
pub fn write(project: &Project, findings: &[Finding], known_as: &dyn Fn(&str) -> String) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for finding in findings {
        *counts.entry(name(project, finding, known_as)).or_default() += 1;
    }
    let lines = counts.iter().map(|(name, count)| format!("{count}\t{name}\n"));
    format!("# Findings that were here before; made by `piton check --write-baseline`.\n{}", lines.collect::<String>())
}

/// Whether a text can be one that [`write`] made: every line is a count and a finding, or a comment.
pub fn is_one(text: &str) -> bool {
    let counts = |line: &str| line.split_once('\t').is_some_and(|(count, _)| count.parse::<usize>().is_ok());
    text.lines().all(|line| line.trim().is_empty() || line.starts_with('#') || counts(line))
}

/// Findings beside what a baseline knows.
#[derive(Debug)]
pub struct Compared<'b> {
    /// Those that it does not know.
    pub new: Vec<Finding>,
    /// How often it knows what was found less often.
    left: BTreeMap<&'b str, usize>,
}

/// What a baseline knows, and nothing was found for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone<'b> {
    pub rule: &'b str,
    /// The file, as it is kept.
    pub path: &'b str,
    pub count: usize,
}

impl<'b> Compared<'b> {
    pub fn gone(&self) -> impl Iterator<Item = Gone<'b>> {
        let left = self.left.iter().filter(|(_, count)| **count > 0);
        left.filter_map(|(name, count)| {
            let (rule, rest) = name.split_once('\t')?;
            let (path, _) = rest.split_once('\t')?;
            Some(Gone { rule, path, count: *count })
        })
    }
}

/// Tells known findings from new ones.
pub fn compare<'b>(
    project: &Project,
    findings: Vec<Finding>,
    baseline: &'b str,
    known_as: &dyn Fn(&str) -> String,
) -> Compared<'b> {
    let known = baseline.lines().filter_map(|line| line.split_once('\t'));
    let mut left: BTreeMap<&str, usize> = known.filter_map(|(count, name)| Some((name, count.parse().ok()?))).collect();
    let mut is_new = |finding: &Finding| match left.get_mut(name(project, finding, known_as).as_str()) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    let new = findings.into_iter().filter(|finding| is_new(finding)).collect();
    Compared { new, left }
}

fn name(project: &Project, finding: &Finding, known_as: &dyn Fn(&str) -> String) -> String {
    let line = project.at(&finding.path).map_or("", |document| {
        let start = document.text[..finding.range.start].rfind('\n').map_or(0, |newline| newline + 1);
        document.text[start..].lines().next().unwrap_or_default().trim()
    });
    format!("{}\t{}\t{:016x}", finding.rule.id, known_as(&finding.path), fingerprint(line))
}

/// FNV-1a: the line itself may be a secret, and the baseline lies in the repository.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
