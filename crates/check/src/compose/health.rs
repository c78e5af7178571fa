//! A service's health check: what it runs, and how.

use super::Service;
use piton_config::read::Value;

#[derive(Clone, Debug)]
pub(crate) struct Health<'a> {
    /// `test`, where it stands.
    pub(crate) test: Value<'a>,
    /// Run by a shell of the image: a text, or `CMD-SHELL`.
    pub(crate) is_shell: bool,
    /// What is run, as one line.
    pub(crate) command: String,
}

impl<'a> Health<'a> {
    pub(super) fn read(service: &Service<'a>) -> Option<Health<'a>> {
        let test = service.path("healthcheck.test")?;
        if let Some(text) = test.text() {
            return Some(Health { test, is_shell: true, command: text.to_owned() });
        }
        let words: Vec<&str> = test.items().filter_map(Value::text).collect();
        match words.as_slice() {
            ["CMD", rest @ ..] => Some(Health { test, is_shell: false, command: rest.join(" ") }),
            ["CMD-SHELL", rest @ ..] => Some(Health { test, is_shell: true, command: rest.join(" ") }),
            _ => None,
        }
    }

    /// The programs that it runs, each with its words, as far as a line of shell can be taken apart.
    pub(crate) fn commands(&self) -> Vec<Vec<&str>> {
        commands(&self.command)
    }

    /// Whether a shell is named although the check is not run by one: `["CMD", "sh", "-c", …]`.
    pub(crate) fn needs_shell(&self) -> bool {
        self.is_shell || self.commands().first().and_then(|words| words.first()).is_some_and(|word| is_shell(word))
    }
}

pub(crate) fn is_shell(word: &str) -> bool {
    matches!(word.rsplit('/').next(), Some("sh" | "bash" | "ash" | "dash"))
}

/// Takes a line of shell apart at `&&`, `||`, `;` and `|`.
pub(crate) fn commands(line: &str) -> Vec<Vec<&str>> {
    let pieces = line.split(['|', ';', '\n']).flat_map(|piece| piece.split("&&"));
    let words = pieces.map(|piece| {
        let words = piece.split_whitespace().map(|word| word.trim_matches(['"', '\'', '(', ')', '`']));
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let start = match words.as_slice() {
            [shell, "-c" | "-ec" | "-lc", ..] if is_shell(shell) => 2,
            ["timeout", _, ..] => 2,
            ["exec" | "!" | "if" | "test", ..] => 1,
            _ => 0,
        };
        words[start.min(words.len())..].to_vec()
    });
    words.filter(|words| !words.is_empty()).collect()
}
