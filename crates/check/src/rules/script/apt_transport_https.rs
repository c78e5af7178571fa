use crate::rules::prelude::*;

rule! {
    /// A package that does nothing is installed.
    ///
    /// apt speaks https by itself since 1.5. `apt-transport-https` has been empty since then, kept so that old install
    /// lines go on; it will be gone one day, and the whole line will fail.
    ///
    /// ```docker Dockerfile bad
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y apt-transport-https curl
    /// ```
    ///
    /// ```docker Dockerfile good
    /// FROM debian:13
    /// RUN apt-get update && apt-get install -y curl
    /// ```
    ///
    /// Source: apt's changelog, 1.5; Debian 13 still has it, empty (apt 3.0.4, looked up 2026-11-27).
    RULE = "apt-transport-https-removed", Info, High, Look::File(COMMANDS, check)
}

fn check(project: &Project, document: &Document, report: &mut Report) {
    if !document.text.contains("apt-transport-https") {
        return;
    }
    for command in project
        .commands(document)
        .iter()
        .filter(|command| matches!(command.program(), "apt" | "apt-get" | "aptitude") && command.has("install"))
    {
        if command.has("apt-transport-https") {
            let text = &document.text[command.range.clone()];
            if let Some(at) = text.find("apt-transport-https").map(|at| command.range.start + at) {
                report.at((document, at..at + 19), "apt speaks https by itself; this package is empty");
            }
        }
    }
    for value in document.texts().filter(|value| {
        matches!(document.kind, Kind::Tasks | Kind::Playbook) && value.text() == Some("apt-transport-https")
    }) {
        report.at(value, "apt speaks https by itself; this package is empty");
    }
}
