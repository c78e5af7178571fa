//! What a rule needs to be written: import all of it.

pub(crate) use crate::command::COMMANDS;
pub(crate) use crate::compose::{Mount, MountKind, Service};
pub(crate) use crate::finding::{Edit, Report, Severity, end_of_line};
pub(crate) use crate::project::{Project, find};
pub(crate) use crate::rule;
pub(crate) use crate::rule::Look;
pub(crate) use piton_config::read::{Document, FaultKind, Kind, LineEnds, Value};

/// Whether a text is a placeholder that somebody was meant to replace.
pub(crate) fn is_placeholder(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let words = [
        "changeme",
        "change-me",
        "change_me",
        "change-this",
        "change_this",
        "changethis",
        "placeholder",
        "replace-me",
        "replace_me",
        "replaceme",
        "your-",
        "your_",
        "<your",
        "votre_",
        "xxxx",
        "todo",
        "example-",
        "insert-",
        "put-your",
    ];
    words.iter().any(|word| lower.contains(word)) || (lower.starts_with('<') && lower.ends_with('>'))
}

/// Whether the file is for tests or for a developer's own machine: its secrets are worth nothing, and nobody else
/// reaches what it publishes.
pub(crate) fn is_trial(document: &Document) -> bool {
    let name = document.file_name().to_ascii_lowercase();
    let parts = ["ci", "test", "tests", "testing", "mock", "e2e", "example", "dev", "devel", "development"];
    let folder = document.folder().to_ascii_lowercase();
    let folders = ["test", "tests", "testing", "testdata", "test_data", "fixtures", "e2e"];
    name.split(['.', '-', '_']).any(|part| parts.contains(&part))
        || folder.split('/').any(|part| folders.contains(&part))
}

/// Whether something in the project puts variables into the file before its program reads it.
pub(crate) fn is_substituted(project: &Project, document: &Document) -> bool {
    let name = document.file_name();
    is_sample(document)
        || project.documents.iter().any(|other| {
            ["envsubst", "gomplate", "confd"].iter().any(|tool| other.text.contains(tool)) && other.text.contains(name)
        })
}

/// Whether the file only shows how another one is written.
pub(crate) fn is_sample(document: &Document) -> bool {
    let name = document.file_name().to_ascii_lowercase();
    ["example", "sample", "template", ".dist", ".tmpl", ".j2"].iter().any(|word| name.contains(word))
}
