//! What a rule of a family says, read from its text.
//!
//! | text | meaning |
//! | --- | --- |
//! | `allow` | nothing to say |
//! | `data-loss`, `ask`-worthy effects, … | the command has this effect |
//! | `secret-output` | what it writes has secrets in it, and must not be shown |
//! | `run 1` | the words from the second one on are a command of their own |
//! | `shell 1` | the words from the second one on, joined, are shell text |
//! | `shell -c` | the value of this option is shell text |
//! | `shell stdin` | what it reads is shell text |
//! | `script 0` | this word names a shell script that is run |
//! | `sql -c`, `sql 1`, `sql stdin`, `sqlfile -f` | SQL |
//! | `code -c` | text in a programming language |
//! | `code stdin`, `codefile 0` | the same, read or from a file |
//!
//! Behind `run`, `shell` and `script` a place may follow: `in container:1`, `in host:0`, `in
//! namespace:2`, `in fresh`, and `as root`. Several outcomes are joined by `;`.

use crate::effect::Effect;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome<'a> {
    Allow,
    Effect(Effect),
    SecretOutput,
    Inner { what: Inner, source: Source<'a>, place: Where, as_root: bool },
}

/// What sort of thing is inside of the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inner {
    Words,
    Shell,
    ShellFile,
    Sql,
    SqlFile,
    Code,
    CodeFile,
}

/// Where in the command it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source<'a> {
    From(usize),
    Option(&'a str),
    Stdin,
}

/// Where it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Where {
    Same,
    Container(usize),
    Host(usize),
    Namespace(usize),
    Fresh,
}

/// Reads a rule's outcomes. Nothing that is no outcome gets past the tests of the families.
pub(crate) fn outcomes(text: &str) -> impl Iterator<Item = Outcome<'_>> {
    text.split(';').map(|one| outcome(one.trim()).unwrap_or(Outcome::Effect(Effect::Unknown)))
}

pub(crate) fn outcome(text: &str) -> Option<Outcome<'_>> {
    if text == "allow" {
        return Some(Outcome::Allow);
    }
    if text == "secret-output" {
        return Some(Outcome::SecretOutput);
    }
    if let Some(effect) = Effect::from_name(text) {
        return Some(Outcome::Effect(effect));
    }
    let mut words = text.split_ascii_whitespace();
    let what = match words.next()? {
        "run" => Inner::Words,
        "shell" => Inner::Shell,
        "script" => Inner::ShellFile,
        "sql" => Inner::Sql,
        "sqlfile" => Inner::SqlFile,
        "code" => Inner::Code,
        "codefile" => Inner::CodeFile,
        _ => return None,
    };
    let source = match words.next()? {
        "stdin" => Source::Stdin,
        option if option.starts_with('-') => Source::Option(option),
        number => Source::From(number.parse().ok()?),
    };
    let mut place = Where::Same;
    let mut as_root = false;
    while let Some(word) = words.next() {
        match (word, words.next()?) {
            ("as", "root") => as_root = true,
            ("in", "fresh") => place = Where::Fresh,
            ("in", name) => {
                let (kind, number) = name.split_once(':')?;
                let number = number.parse().ok()?;
                place = match kind {
                    "container" => Where::Container(number),
                    "host" => Where::Host(number),
                    "namespace" => Where::Namespace(number),
                    _ => return None,
                };
            }
            _ => return None,
        }
    }
    Some(Outcome::Inner { what, source, place, as_root })
}

/// The place of the inner command among the words, when there is one: options behind it are its own.
pub(crate) fn inner_from(text: &str) -> Option<usize> {
    outcomes(text).find_map(|outcome| match outcome {
        Outcome::Inner {
            source: Source::From(index), what: Inner::Words | Inner::Shell | Inner::ShellFile, ..
        } => Some(index),
        _ => None,
    })
}
