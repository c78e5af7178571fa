use crate::absence;
use crate::compose;
use crate::rules::prelude::*;

rule! {
    /// The file does not follow its own grammar.
    ///
    /// The program that reads it will stop at this place, most often when it is started the next time, which is
    /// after the change was thought to be done.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   web:
    ///     image: "nginx:1.29
    /// ```
    ///
    /// ```json daemon.json bad 2
    /// { "log-driver": "local", "live-restore" true }
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   web:
    ///     image: "nginx:1.29"
    /// ```
    ///
    /// Tried with docker-compose 2.40.3 and Node's JSON.parse, 2026-11-28: both bad files stop them. Source: YAML 1.2.2, JSON5,
    /// and the grammars of the programs. Evidence: the file itself.
    RULE = "text-parse-error", Error, High, Look::File(&[], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for fault in &document.faults {
        let severity = match fault.kind {
            // Agents read the top of a skill line by line where it is no YAML; other readers of it stop.
            FaultKind::Syntax if matches!(document.kind, Kind::Env | Kind::Skill) => Severity::Warning,
            FaultKind::Syntax if absence::is_fed_to_tests(document) || is_no_json(document) => continue,
            FaultKind::Syntax if document.kind == Kind::Caddyfile && has_bare_site(document) => continue,
            // Files that a test feeds to something may be broken on purpose.
            FaultKind::Syntax if is_for_tests(document) => Severity::Info,
            FaultKind::Syntax => Severity::Error,
            FaultKind::TooBig => Severity::Info,
            FaultKind::Encoding | FaultKind::DuplicateKey => continue,
        };
        report.at((document, fault.range.clone()), fault.what.clone()).severity(severity);
    }
    if let Some(at) = unfinished_merge(document).filter(|_| document.faults.is_empty()) {
        report
            .at((document, at..at + MARK.len()), "a merge was left unfinished here: both versions stand in the file")
            .help("keep one of them, and take the three lines of git out");
    }
    if document.kind == Kind::Compose
        && let Some((service, all)) = compose::first_left_out(document)
    {
        let what = format!("this and what follows is not looked at: {all} services are more than rules compare");
        report.at(service, what).severity(Severity::Info);
    }
}

/// Whether a site's address has no brace behind it: Caddy takes all that follows for the site's, and its closing brace, too.
fn has_bare_site(document: &Document) -> bool {
    let is_address = |line: &Value| line.block().is_none() && line.word_text(0).contains(['.', ':']);
    document.root().lines().any(|line| is_address(&line) && !line.word_text(0).starts_with(['(', '@']))
}

/// What git writes above the first of two versions.
const MARK: &str = "<<<<<<< ";

/// Where git left two versions of some lines, in a file whose reader takes lines as they come.
fn unfinished_merge(document: &Document) -> Option<usize> {
    if matches!(document.kind, Kind::Other | Kind::Markdown) || !document.text.contains(MARK) {
        return None;
    }
    let mut start = None;
    for (range, line) in document.lines() {
        match line.trim_end() {
            line if line.starts_with(MARK) => start = start.or(Some(range.start)),
            "=======" if start.is_some() => return start,
            _ => {}
        }
    }
    None
}

/// Whether a file of no known program is called JSON and is meant for something else: a pattern or an object a line, or what a
/// browser keeps.
fn is_no_json(document: &Document) -> bool {
    if document.kind != Kind::Json {
        return false;
    }
    let lines = || document.text.lines().map(str::trim).filter(|line| !line.is_empty());
    let are_objects = lines().nth(1).is_some() && lines().all(|line| line.starts_with('{') && line.ends_with('}'));
    are_objects || !lines().next().is_some_and(|first| first.starts_with(is_json_sign))
}

/// What a value of JSON, or a comment above it, may begin with.
fn is_json_sign(letter: char) -> bool {
    matches!(letter, '{' | '[' | '"' | '-' | '/' | 't' | 'f' | 'n') || letter.is_ascii_digit()
}

fn is_for_tests(document: &Document) -> bool {
    let folders = ["test", "tests", "vendor", "third_party"];
    document.folder().split('/').any(|folder| folders.contains(&folder))
}
