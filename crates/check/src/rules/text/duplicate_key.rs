use crate::rules::prelude::*;

rule! {
    /// A key stands twice in one map.
    ///
    /// Readers differ: Compose and Prometheus refuse the file, Ansible takes the last one and warns, others take
    /// the last one in silence. In each case one of the two lines is not what is in force.
    ///
    /// ```yaml compose.yaml bad
    /// services:
    ///   web:
    ///     image: nginx:1.29
    ///     restart: always
    ///     restart: "no"
    /// ```
    ///
    /// ```yaml compose.yaml good
    /// services:
    ///   web:
    ///     image: nginx:1.29
    ///     restart: always
    /// ```
    ///
    /// A warning in files of no kind that piton knows. Source: YAML 1.2.2 section 3.2.1.3 (keys are unique); yamllint `key-duplicates`,
    /// tried 2026-11-27.
    RULE = "text-duplicate-key", Error, High, Look::File(&[], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for fault in document.faults.iter().filter(|fault| fault.kind == FaultKind::DuplicateKey) {
        let finding = report.at((document, fault.range.clone()), fault.what.clone());
        // Who reads it is not known, and so not what becomes of it.
        if matches!(document.kind, Kind::Yaml | Kind::Json) && !document.file_name().contains("compose") {
            finding.severity(Severity::Warning);
        }
        // A sample shows two ways, of which one is to be left.
        if is_sample(document) && is_below_comment(document, fault.range.start) {
            finding.severity(Severity::Info);
        }
    }
}

/// Whether the line above is a comment.
fn is_below_comment(document: &Document, at: usize) -> bool {
    let start = document.text[..at].rfind('\n').unwrap_or(0);
    let above = document.text[..start].lines().rev().find(|line| !line.trim().is_empty());
    above.is_some_and(|line| line.trim_start().starts_with('#'))
}
