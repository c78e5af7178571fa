//! What can be wrong with `[check]`, `--select` and `--ignore` beyond their form, each with its place and what to write instead.
//!
//! What can never have an effect is a mistake as well: whoever wrote it believes that it has one.

use crate::exit::Exit;
use crate::failure::Failure;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use piton_check::{RULES, Selection};
use piton_config::{CheckSettings, Problem, Valued};
use std::path::Path;

/// In the names of rules and families that a file gives.
pub(super) fn in_names(said: &CheckSettings) -> Vec<Problem> {
    let named = said.select.iter().chain(&said.ignore).chain(said.ignore_in.iter().flat_map(|(_, rules)| rules));
    let strangers = named.filter_map(|name| Some(unknown(name)?.at(&name.origin, "")));
    let undone = said.select.iter().filter_map(|name| {
        let ignored = undone_by(name, said.ignore.iter().map(|name| (name.as_str(), name)))?;
        let problem = Problem::new("settings/undone", undone(name, ignored)).at(&name.origin, "");
        Some(problem.related(&ignored.origin, "ignored here").help("take one of the two out"))
    });
    strangers.chain(undone).collect()
}

/// In those of the command line.
pub(super) fn in_words(select: &[String], ignore: &[String]) -> Vec<Problem> {
    let strangers =
        select.iter().chain(ignore).filter_map(|name| Some(Problem { code: "usage".to_owned(), ..unknown(name)? }));
    let undone = select.iter().filter_map(|name| {
        let ignored = undone_by(name, ignore.iter().map(|name| (name.as_str(), name)))?;
        Some(Problem::new("usage", undone(name, ignored)).help("take one of the two out"))
    });
    strangers.chain(undone).collect()
}

/// The first of the ignored names that leaves nothing of a selected one.
fn undone_by<'a, T>(name: &str, mut ignored: impl Iterator<Item = (&'a str, T)>) -> Option<T> {
    let left =
        |ignored: &str| Selection { select: vec![name.to_owned()], ignore: vec![ignored.to_owned()], strict: true };
    let is_known = unknown(name).is_none();
    ignored.find(|(ignored, _)| is_known && !RULES.iter().any(|rule| left(ignored).wants(rule))).map(|(_, found)| found)
}

fn undone(selected: &str, ignored: &str) -> String {
    match selected == ignored {
        true => format!("`{selected}` is selected and ignored, so it never runs"),
        false => format!("`{selected}` is selected, and `{ignored}`, to which it belongs, is ignored: it never runs"),
    }
}

/// What all that was said together leaves no rule of.
pub(super) fn nothing_left() -> Failure {
    let what = "no rule is left to run: all that are selected are ignored as well";
    Failure::usage(what, "look at --select, --ignore, and [check] in piton.toml or site.toml")
}

/// What is wrong with the name of a rule or family.
fn unknown(name: &str) -> Option<Problem> {
    let one = Selection { select: vec![name.to_owned()], ..Selection::default() };
    if RULES.iter().any(|rule| one.wants(rule)) {
        return None;
    }
    let near = piton_config::nearest(name, RULES.iter().map(|rule| rule.id)).or_else(|| {
        let families = RULES.iter().filter_map(|rule| rule.id.split_once('-')).map(|(family, _)| family);
        piton_config::nearest(name, families)
    });
    let problem =
        Problem::new("settings/unknown-rule", format!("there is no rule `{name}`, and no family of that name"));
    Some(problem.suggest(near).help("`piton rules` lists them"))
}

/// Patterns as a .gitignore has them; what is wrong with any is told.
pub(super) fn patterns(lines: &[Valued<String>], problems: &mut Vec<Problem>) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    builder.allow_unclosed_class(false);
    let mut is_first = true;
    for line in lines {
        let wrong = match without_effect(line, is_first) {
            Some((why, help)) => {
                Some(Problem::new("settings/bad-pattern", format!("`{}` {why}", line.value)).help(help))
            }
            None => builder.add_line(None, line).err().map(|error| {
                let problem = Problem::new("settings/bad-pattern", format!("`{}` is no pattern", line.value));
                problem
                    .note(error.to_string())
                    .help(format!("{AS_IN_GIT}; a letter such as `[` is meant with `\\` before it"))
            }),
        };
        problems.extend(wrong.map(|wrong| wrong.at(&line.origin, "")));
        is_first = false;
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

const AS_IN_GIT: &str = "write it as in a .gitignore: `archive/`, `*.old.yaml`";

/// Why a pattern fits nothing, and what to do.
fn without_effect(line: &str, is_first: bool) -> Option<(&'static str, &'static str)> {
    let line = line.trim_end();
    let path = line.strip_prefix('!').unwrap_or(line);
    if line.starts_with('#') || matches!(path, "" | "/") {
        return Some(("fits nothing", AS_IN_GIT));
    }
    if path.starts_with("./") || path == "." {
        return Some((
            "fits nothing",
            "paths are counted from the folder of this file: leave the `./` away, or begin with `/`",
        ));
    }
    if path == ".." || path.starts_with("../") {
        return Some((
            "fits nothing",
            "paths are counted from the folder of this file: what lies outside of it has a piton.toml of its own",
        ));
    }
    let takes_nothing_back = line.starts_with('!') && is_first;
    takes_nothing_back.then_some((
        "takes nothing back: no pattern stands before it",
        "a pattern names what is meant; `!` takes out of it again, later in the same list",
    ))
}

pub(super) fn decided_twice(shown: &Path) -> Failure {
    let what =
        format!("{} and {} both have [check]", shown.join("site.toml").display(), shown.join("piton.toml").display());
    Failure::new(Exit::Usage, "settings/twice", what, "keep one of the two")
}

#[cfg(test)]
mod tests {
    use super::*;
    use piton_config::Origin;

    /// The problems of a list of patterns, each without its place.
    fn wrong(patterns: &[&str]) -> Vec<String> {
        let valued = |text: &&str| Valued { value: (*text).to_owned(), origin: Origin::Default };
        let mut problems = Vec::new();
        super::patterns(&patterns.iter().map(valued).collect::<Vec<_>>(), &mut problems);
        problems.into_iter().map(|problem| problem.what).collect()
    }

    #[test]
    fn a_pattern_that_cannot_have_an_effect_is_a_mistake() {
        for pattern in ["[", "a[", "a{b", "# old", " ", "!", "/", "./old/", "../old/", "!sub/", "!./a"] {
            assert_eq!(wrong(&[pattern]).len(), 1, "{pattern}");
        }
        assert_eq!(wrong(&["old/", "[", "/"]).len(), 2);
    }

    #[test]
    fn what_a_gitignore_means_is_none() {
        for pattern in ["old/", "*.old.yaml", "/a/**/b", "[ab].yaml", "\\[x", "a.yaml ", "..a", "**"] {
            assert_eq!(wrong(&[pattern]), [""; 0]);
        }
        assert_eq!(wrong(&["*.yaml", "!compose.yaml"]), [""; 0]);
    }
}
