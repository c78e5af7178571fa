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
    let mut lines = Vec::new();
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
            let close = if rest.starts_with('(') { ')' } else { '}' };
            let end = rest.find(close).unwrap_or(rest.len() - 1);
            let name = &rest[1..end];
            match (variables.get(name), name) {
                (Some(value), _) if depth < 8 && out.len() < 65_536 => {
                    out.push_str(&expand(value, variables, depth + 1))
                }
                (_, "MAKE") => out.push_str("make"),
                _ => out.push(HOLE),
            }
            rest = &rest[end + 1..];
        } else {
            out.push(HOLE);
            let length = rest.chars().next().map_or(0, char::len_utf8);
            rest = &rest[length..];
        }
    }
    out.push_str(rest);
    out
}

/// The lines that `just names` would run.
pub(crate) fn just(text: &str, names: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut inside = false;
    let wanted: Vec<&str> = if names.is_empty() { Vec::new() } else { names.iter().map(String::as_str).collect() };
    let mut is_first = true;
    for line in text.lines() {
        if line.starts_with([' ', '\t']) {
            if inside && lines.len() < MOST_LINES {
                let line = line.trim_start().trim_start_matches(['@', '-']);
                lines.push(braces_to_holes(line));
            }
        } else if let Some((head, _)) = line.split_once(':').filter(|(_, after)| !after.starts_with('=')) {
            let name = head.split_whitespace().next().unwrap_or_default().trim_start_matches('@');
            inside = if wanted.is_empty() { is_first } else { wanted.contains(&name) };
            is_first = false;
        } else if !line.trim().is_empty() {
            inside = false;
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

    #[test]
    fn recipes_of_just_and_npm_are_found_by_name() {
        assert_eq!(just("a:\n    ls {{x}}\nb: a\n    reboot\n", &["b".into()]), ["reboot"]);
        assert_eq!(package(r#"{"scripts":{"prex":"a","x":"b"}}"#, "x"), ["a", "b"]);
    }
}
