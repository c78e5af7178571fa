//! The small language in which data files say which commands a rule is about.
//!
//! | piece | fits |
//! | --- | --- |
//! | `stop\|kill` | the next word that is no option |
//! | `*` | any next word |
//! | `@all\|-a` | any of the words that are left |
//! | `-f\|--force` | an option; `--force=x*` with such a value |
//! | `!piece` | when the option or `@word` is not there |
//! | `$` | no word is left |
//!
//! A `*` in a word stands for anything; case does not count. A word that is not known when the command is
//! judged fits no rule that allows, and every other one that it might.

use crate::argv::{Argv, Given};
use crate::families::Style;
use crate::read::HOLE;

/// How a command and a pattern stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    Yes,
    No,
    /// It depends on a word that is not known.
    Perhaps,
}

/// Holds a command against a pattern. `before` limits which options count: those of the outer
/// command, where an inner one follows.
pub(crate) fn fit(pattern: &str, argv: &Argv, style: Style, before: Option<usize>) -> Fit {
    let mut next = 0;
    let mut perhaps = false;
    let limit = before.and_then(|index| argv.positionals.get(index).copied()).unwrap_or(usize::MAX);
    for piece in pattern.split_ascii_whitespace() {
        let fit = match piece.as_bytes() {
            [b'$'] => yes(argv.positional(next).is_none()),
            [b'*'] => {
                next += 1;
                yes(argv.positional(next - 1).is_some())
            }
            [b'@', ..] => anywhere(&piece[1..], argv, next),
            [b'!', b'@', ..] => not(anywhere(&piece[2..], argv, next)),
            [b'!', ..] => not(option(&piece[1..], argv, limit)),
            [b'-', ..] => option(piece, argv, limit),
            _ => {
                next += 1;
                match argv.positional(next - 1) {
                    Some(word) => one_of(piece, word, style),
                    None => Fit::No,
                }
            }
        };
        match fit {
            Fit::No => return Fit::No,
            Fit::Perhaps => perhaps = true,
            Fit::Yes => {}
        }
    }
    if perhaps { Fit::Perhaps } else { Fit::Yes }
}

fn yes(fits: bool) -> Fit {
    if fits { Fit::Yes } else { Fit::No }
}

fn not(fit: Fit) -> Fit {
    match fit {
        Fit::Yes => Fit::No,
        Fit::No => Fit::Yes,
        Fit::Perhaps => Fit::Perhaps,
    }
}

fn anywhere(alternatives: &str, argv: &Argv, from: usize) -> Fit {
    let mut best = Fit::No;
    for at in argv.positionals.iter().skip(from) {
        match one_of(alternatives, &argv.words[*at], Style::Words) {
            Fit::Yes => return Fit::Yes,
            Fit::Perhaps => best = Fit::Perhaps,
            Fit::No => {}
        }
    }
    best
}

fn one_of(alternatives: &str, word: &str, style: Style) -> Fit {
    if word.contains(HOLE) {
        // `x\0y` may be anything that begins with x and ends with y.
        let (head, tail) = (word.split(HOLE).next().unwrap_or(""), word.rsplit(HOLE).next().unwrap_or(""));
        // `+x…` fits `+*`, whatever follows.
        let surely = |one: &str| {
            one.strip_suffix('*')
                .is_some_and(|start| !start.is_empty() && !start.contains('*') && head.starts_with(start))
        };
        if alternatives.split('|').any(surely) {
            return Fit::Yes;
        }
        let might = |one: &str| one.contains('*') || (one.starts_with(head) && one.ends_with(tail));
        return if alternatives.split('|').any(might) { Fit::Perhaps } else { Fit::No };
    }
    let fits = |one: &str| {
        one.eq_ignore_ascii_case(word)
            || glob(one, word)
            || style == Style::Abbreviates && one.starts_with(word) && !word.is_empty()
    };
    yes(alternatives.split('|').any(fits))
}

fn option(alternatives: &str, argv: &Argv, limit: usize) -> Fit {
    let (names, values) = match alternatives.split_once('=') {
        Some((names, values)) => (names, Some(values)),
        None => (alternatives, None),
    };
    let mut best = Fit::No;
    for given in argv.options.iter().filter(|given| given.at < limit) {
        if given.name.contains(HOLE) {
            best = Fit::Perhaps;
        }
        if !names.split('|').any(|name| same_option(name, given)) {
            continue;
        }
        let Some(values) = values else { return Fit::Yes };
        match given.value.map_or(Fit::Perhaps, |value| one_of(values, value, Style::Words)) {
            Fit::Yes => return Fit::Yes,
            Fit::Perhaps => best = Fit::Perhaps,
            Fit::No => {}
        }
    }
    best
}

/// Long options may be shortened as far as they stay clear; two letters are taken for clear.
fn same_option(name: &str, given: &Given) -> bool {
    given.name == name || (given.name.len() >= 4 && given.name.starts_with("--") && name.starts_with(&given.name))
}

/// `*` stands for anything, wherever it is.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return text.ends_with(part);
        }
        match text.find(part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::families::Program;

    fn fits(pattern: &str, command: &str, values: &'static str, style: Style) -> Fit {
        let program = Program::with_values(style, values);
        let words: Vec<String> = command.split(' ').map(str::to_owned).collect();
        fit(pattern, &Argv::read(program, &words), style, None)
    }

    #[test]
    fn options_may_stand_anywhere_and_together() {
        assert_eq!(fits("push -f|--force", "git push -uf origin", "", Style::Getopt), Fit::Yes);
        assert_eq!(fits("push -f|--force", "git -C /x push origin --force", "-C", Style::Getopt), Fit::Yes);
        assert_eq!(fits("push -f|--force", "git push origin -- -f", "", Style::Getopt), Fit::No);
        assert_eq!(fits("rm --recursive", "x rm --recurs", "", Style::Getopt), Fit::Yes);
        assert_eq!(fits("run --net=host", "docker run --net host x", "--net", Style::Getopt), Fit::Yes);
    }

    #[test]
    fn commands_are_shortened_only_where_the_program_does_so() {
        assert_eq!(fits("route add", "ip r a default", "", Style::Abbreviates), Fit::Yes);
        assert_eq!(fits("route add", "ip r a default", "", Style::Words), Fit::No);
    }

    #[test]
    fn a_word_that_is_not_known_fits_perhaps() {
        assert_eq!(fits("stop|kill", "x \0", "", Style::Getopt), Fit::Perhaps);
        assert_eq!(fits("stop|kill", "x st\0", "", Style::Getopt), Fit::Perhaps);
        assert_eq!(fits("stop|kill", "x y\0", "", Style::Getopt), Fit::No);
        assert_eq!(fits("@all", "x a \0", "", Style::Getopt), Fit::Perhaps);
    }
}
