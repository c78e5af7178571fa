//! Files of recipes, as far as it takes to know which lines a target would run: makefiles, justfiles,
//! the scripts of package.json.

use crate::read::HOLE;
use std::collections::{BTreeMap, BTreeSet};

const MOST_LINES: usize = 500;

/// The lines that `make targets` would run, the needed targets first.
pub(crate) fn make(text: &str, targets: &[String], given: &[(String, String)]) -> Vec<String> {
    let text = text.replace("\\\n", " ");
    let mut variables: BTreeMap<String, String> = BTreeMap::new();
    let mut rules: BTreeMap<String, (Vec<String>, Vec<String>)> = BTreeMap::new();
    let mut current: Vec<String> = Vec::new();
    let mut first = None;
    for line in text.lines() {
        if let Some(recipe) = line.strip_prefix('\t') {
            for target in &current {
                rules
                    .entry(target.clone())
                    .or_default()
                    .1
                    .push(recipe.trim_start_matches(['@', '-', '+', ' ']).to_owned());
            }
            continue;
        }
        let line = line.split(" #").next().unwrap_or(line).trim_end();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some((name, value)) = assignment(line) {
            variables.insert(name, value);
        } else if let Some((names, needs)) = line.split_once(':') {
            let (needs, inline) = needs.split_once(';').map_or((needs, None), |(needs, inline)| (needs, Some(inline)));
            current = names.split_whitespace().map(str::to_owned).collect();
            for target in &current {
                if first.is_none() && !target.starts_with('.') {
                    first = Some(target.clone());
                }
                let rule = rules.entry(target.clone()).or_default();
                rule.0.extend(needs.split_whitespace().map(str::to_owned));
                rule.1.extend(inline.map(str::to_owned));
            }
        }
    }
    variables.extend(given.iter().cloned());
    let mut wanted: Vec<String> = if targets.is_empty() { first.into_iter().collect() } else { targets.to_vec() };
    let mut seen = BTreeSet::new();
    let mut lines = run_by_reading(&text, &variables);
    while let Some(target) = wanted.pop() {
        if !seen.insert(target.clone()) || lines.len() > MOST_LINES {
            continue;
        }
        let pattern = rules.keys().find(|key| key.contains('%') && matches_percent(key, &target));
        let Some((needs, recipe)) = rules.get(&target).or_else(|| pattern.and_then(|key| rules.get(key))) else {
            continue;
        };
        wanted.extend(needs.iter().map(|need| expand(need, &variables, 0)));
        lines.extend(recipe.iter().map(|line| expand(line, &variables, 0)));
    }
    lines
}

fn matches_percent(pattern: &str, target: &str) -> bool {
    pattern.split_once('%').is_some_and(|(head, tail)| target.starts_with(head) && target.ends_with(tail))
}

fn assignment(line: &str) -> Option<(String, String)> {
    let line = line.strip_prefix("export ").unwrap_or(line);
    let at = line.find('=')?;
    let name = line[..at].trim_end_matches([':', '?', '+', '!']).trim();
    let plain = !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || "_-.".contains(letter));
    plain.then(|| (name.to_owned(), line[at + 1..].trim().to_owned()))
}

/// `$(NAME)` by its value, `$$` as `$`; what is not known is a hole.
fn expand(text: &str, variables: &BTreeMap<String, String>, depth: usize) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if rest.starts_with(['(', '{']) {
            let (name, after) = bracketed(rest);
            match (variables.get(name), name) {
                (Some(value), _) if depth < 8 && out.len() < 65_536 => {
                    out.push_str(&expand(value, variables, depth + 1))
                }
                (_, "MAKE") => out.push_str("make"),
                _ => out.push(HOLE),
            }
            rest = after;
        } else {
            out.push(HOLE);
            let length = rest.chars().next().map_or(0, char::len_utf8);
            rest = &rest[length..];
        }
    }
    out.push_str(rest);
    out
}

/// What stands in the brackets at the beginning, and what behind them. Without an end it is all of the rest.
fn bracketed(text: &str) -> (&str, &str) {
    let (open, close) = if text.starts_with('(') { ('(', ')') } else { ('{', '}') };
    let mut depth = 0usize;
    for (at, letter) in text.char_indices() {
        depth += usize::from(letter == open);
        if letter == close {
            depth -= 1;
        }
        if depth == 0 {
            return (&text[1..at], &text[at + 1..]);
        }
    }
    (&text[1..], "")
}

/// `$(shell …)` and `!=` run whatever the target is, as soon as the file is read.
fn run_by_reading(text: &str, variables: &BTreeMap<String, String>) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, _) in text.match_indices("$(shell ").chain(text.match_indices("${shell ")).take(MOST_LINES) {
        let (call, _) = bracketed(&text[at + 1..]);
        lines.push(expand(call.trim_start_matches("shell "), variables, 0));
    }
    let assigned = text.lines().filter(|line| !line.starts_with('\t')).filter_map(|line| line.split_once("!="));
    lines.extend(assigned.take(MOST_LINES).map(|(_, command)| expand(command.trim(), variables, 0)));
    lines
}

/// The lines that `just names` would run, with those of the recipes that they need.
pub(crate) fn just(text: &str, names: &[String]) -> Vec<String> {
    let mut recipes: BTreeMap<&str, (Vec<&str>, Vec<String>)> = BTreeMap::new();
    let mut lines = Vec::new();
    let (mut current, mut first) = (None, None);
    for line in text.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, recipe)) = current.and_then(|name| recipes.get_mut(name)) {
                recipe.push(braces_to_holes(line.trim_start().trim_start_matches(['@', '-'])));
            }
        } else if let Some((head, needs)) = line.split_once(':').filter(|(_, after)| !after.starts_with('=')) {
            let name = head.split_whitespace().next().unwrap_or_default().trim_start_matches('@');
            let needs = needs.split('#').next().unwrap_or_default();
            // `a: b (c "x") && d`
            let needs = needs.split([' ', '\t', '(', ')', '&']).filter(|need| !need.is_empty()).collect();
            recipes.insert(name, (needs, Vec::new()));
            current = Some(name);
            first = first.or(current);
        } else if !line.trim().is_empty() {
            current = None;
            // `x := \`command\`` runs when the file is read.
            lines.extend(line.split('`').nth(1).map(str::to_owned));
        }
    }
    let mut wanted: Vec<&str> = names.iter().map(String::as_str).collect();
    wanted.extend(first.filter(|_| names.is_empty()));
    let mut seen = BTreeSet::new();
    while let Some(name) = wanted.pop() {
        if let Some((needs, recipe)) = recipes.get(name).filter(|_| lines.len() < MOST_LINES && seen.insert(name)) {
            lines.extend(recipe.iter().cloned());
            wanted.extend(needs);
        }
    }
    lines
}

fn braces_to_holes(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find("{{") {
        out.push_str(&rest[..at]);
        out.push(HOLE);
        let Some(end) = rest[at..].find("}}") else { return out };
        rest = &rest[at + end + 2..];
    }
    out.push_str(rest);
    out
}

/// The script of a package.json, with those that run before and after it.
pub(crate) fn package(text: &str, name: &str) -> Vec<String> {
    let Ok(package) = serde_json::from_str::<serde_json::Value>(text) else { return Vec::new() };
    let script = |name: &str| package["scripts"][name].as_str().map(str::to_owned);
    [format!("pre{name}"), name.to_owned(), format!("post{name}")].iter().filter_map(|name| script(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_brings_what_it_needs() {
        let text = "IP = ip link\nall: down\n\t@echo done\ndown:\n\t$(IP) set $$x $(UNKNOWN)\nother:\n\treboot\n";
        assert_eq!(make(text, &[], &[]), ["echo done", "ip link set $x \0"]);
        assert_eq!(make(text, &["other".into()], &[]), ["reboot"]);
    }

    /// A fuzzer found the first of these.
    #[test]
    fn brackets_without_an_end_hide_the_rest() {
        assert_eq!(make("a:\n\tx $(", &[], &[]), ["x \0"]);
        assert_eq!(make("a:\n\tx ${é", &[], &[]), ["x \0"]);
        assert_eq!(make("a:\n\tx $(f $(g) h) y", &[], &[]), ["x \0 y"]);
    }

    #[test]
    fn what_reading_the_file_runs_is_part_of_every_target() {
        assert_eq!(make("X := $(shell ip a)\na:\n\tls\n", &["a".into()], &[]), ["ip a", "ls"]);
        assert_eq!(just("x := `ip a`\na:\n    ls\n", &["a".into()]), ["ip a", "ls"]);
    }

    #[test]
    fn recipes_of_just_and_npm_are_found_by_name() {
        assert_eq!(just("a:\n    ls {{x}}\nb: a\n    reboot\n", &["b".into()]), ["reboot", "ls \0"]);
        assert_eq!(package(r#"{"scripts":{"prex":"a","x":"b"}}"#, "x"), ["a", "b"]);
    }
}
