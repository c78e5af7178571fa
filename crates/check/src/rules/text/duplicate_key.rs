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
    /// Source: YAML 1.2.2 section 3.2.1.3 (keys are unique); yamllint `key-duplicates`,
    /// tried 2026-11-27.
    RULE = "text-duplicate-key", Error, High, Look::File(&[], check)
}

fn check(_: &Project, document: &Document, report: &mut Report) {
    for fault in document.faults.iter().filter(|fault| fault.kind == FaultKind::DuplicateKey) {
        report.at((document, fault.range.clone()), fault.what.clone());
    }
}
