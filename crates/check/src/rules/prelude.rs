//! What a rule needs to be written: import all of it.

pub(crate) use crate::command::COMMANDS;
pub(crate) use crate::compose::{Mount, MountKind, Service};
pub(crate) use crate::finding::{Edit, Report, Severity, reworded};
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
        "dein_",
        "fill-in",
        "fill_in",
        "goes-here",
        "goes_here",
        "replace_with",
        "replace-with",
        "replace_this",
        "replace-this",
    ];
    // What piton fills in by itself is left to nobody.
    !is_own_mark(text) && (words.iter().any(|word| lower.contains(word)) || is_mark(text))
}

/// Whether a secret was taken out before the file was shared: `REDACTED_JWT_SECRET`, `***REMOVED***`.
pub(crate) fn is_redacted(text: &str) -> bool {
    text.contains("***") || text.to_ascii_uppercase().contains("REDACTED")
}

/// Whether a text is piton's mark for a secret of the site.
fn is_own_mark(text: &str) -> bool {
    text.trim().starts_with("@secret(")
}

/// Whether somebody or something is to put a value in its place: `<name>`, `__NAME__`, `@NAME@`, `%NAME%`, `[name]`, and
/// piton's own mark for a secret of the site.
pub(crate) fn is_mark(text: &str) -> bool {
    let text = text.trim();
    let is_name = |inside: &str| {
        !inside.is_empty()
            && inside.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b"_-.".contains(&byte))
    };
    let between = |open: &str, close: &str| text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    let named = [("__", "__"), ("@", "@"), ("%", "%"), ("@@", "@@"), ("%%", "%%"), ("#{", "}#")];
    named.iter().any(|(open, close)| between(open, close).is_some_and(is_name))
        || between("<", ">").is_some()
        || between("[", "]").is_some()
        || between("{{", "}}").is_some()
        || between("@secret(", ")").is_some()
}

/// Whether a key is one that a library wants to see, and that the program behind it does not look at.
pub(crate) fn is_dummy_key(text: &str) -> bool {
    let whole = [
        "any",
        "anything",
        "any-string",
        "any_string",
        "empty",
        "none",
        "null",
        "na",
        "n/a",
        "no-key",
        "nokey",
        "not-needed",
        "not-required",
        "not-used",
        "notneeded",
        "ollama",
        "lm-studio",
        "llama",
        "x",
        "xxx",
        "sk-1234",
        "sk-12345",
        "sk-123",
        "sk-anything",
        "sk-none",
        "sk-test",
        "sk-xxx",
        "sk-local",
        "1234",
        "key",
        "local",
    ];
    let parts = [
        "dummy",
        "fake",
        "mock",
        "unused",
        "not-used",
        "no-key",
        "not-needed",
        "not_needed",
        "not-required",
        "ignored",
        "placeholder",
    ];
    let lower = text.trim().to_ascii_lowercase();
    whole.contains(&lower.as_str()) || parts.iter().any(|part| lower.contains(part))
}

/// Whether the file is for tests or for a developer's own machine: its secrets are worth nothing, and nobody else
/// reaches what it publishes.
pub(crate) fn is_trial(document: &Document) -> bool {
    let named = ["ci", "example", "examples", "dev", "devel", "development", "playground"];
    words_of(document.file_name()).iter().any(|word| named.contains(&word.as_str())) || is_of_tests(document)
}

/// Whether any part of the path says that the file is for tests, for a demonstration, or for a developer's editor.
pub(crate) fn is_of_tests(document: &Document) -> bool {
    let words = [
        "test",
        "tests",
        "testing",
        "testdata",
        "fixture",
        "fixtures",
        "e2e",
        "mock",
        "mocks",
        "example",
        "examples",
        "sample",
        "samples",
        "demo",
        "demos",
        "spike",
        "spikes",
        "devcontainer",
        "devenv",
        "suites",
        "workshop",
    ];
    document.path.split('/').any(|part| words_of(part).iter().any(|word| words.contains(&word.as_str())))
}

/// The words of a name: `integrationTest`, `e2e-stack`, `compose.pin_spike.yaml`.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for letter in name.chars() {
        let apart = !letter.is_ascii_alphanumeric();
        if apart || after_small && letter.is_ascii_uppercase() {
            words.push(String::new());
        }
        after_small = letter.is_ascii_lowercase();
        if let Some(last) = words.last_mut().filter(|_| !apart) {
            last.push(letter.to_ascii_lowercase());
        }
    }
    words
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
