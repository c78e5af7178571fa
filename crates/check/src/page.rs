//! The pages about rules, made from the rules: one each, and the index.

use crate::rule::{Look, Rule};
use crate::rules::RULES;
use piton_config::read::Kind;
use std::fmt::Write;

/// The page of a rule, as Markdown.
pub fn page(rule: &Rule) -> String {
    let text = rule.text();
    let (title, body) = text.split_once("\n\n").unwrap_or((&text, ""));
    let mut page = format!("# {}\n\n{}\n\n{}\n", rule.id, title.replace('\n', " "), facts(rule));
    let mut in_code = false;
    for line in body.lines() {
        match line.strip_prefix("```") {
            // The words behind the language are for the tests; readers get them as a sentence.
            Some(head) if !in_code && head.split_whitespace().count() >= 3 => {
                in_code = true;
                let words: Vec<&str> = head.split_whitespace().collect();
                let side = if words[2] == "bad" { "Bad" } else { "Good" };
                let _ = write!(page, "\n{side}, `{}`:\n\n```{}", words[1], words[0]);
                continue;
            }
            Some(_) => in_code = !in_code,
            None => {}
        }
        let _ = write!(page, "\n{line}");
    }
    while page.contains("\n\n\n") {
        page = page.replace("\n\n\n", "\n\n");
    }
    page.trim_end().to_owned() + "\n"
}

fn facts(rule: &Rule) -> String {
    let strict = if rule.strict { ", only with `--strict`" } else { "" };
    format!("{} · confidence {}{strict} · {}", rule.severity.name(), rule.confidence.name(), looked_at(rule))
}

fn looked_at(rule: &Rule) -> String {
    match (&rule.look, rule.kinds()) {
        (Look::Project(_), _) => "several files together".to_owned(),
        (_, []) => "every file".to_owned(),
        (_, kinds) => kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", "),
    }
}

/// The list of all rules, by what they look at.
pub fn index() -> String {
    let mut page = String::from(
        "# Rules\n\n<!-- Made by `cargo xtask docs` from the rules. -->\n\n`piton explain ID` prints a rule's page.\n",
    );
    let mut sections: Vec<(String, Vec<&Rule>)> = Vec::new();
    for rule in RULES {
        let name = match rule.kinds() {
            [one, ..] => one.name().to_owned(),
            [] if matches!(rule.look, Look::Project(_)) => "Several files together".to_owned(),
            [] => "Every file".to_owned(),
        };
        match sections.iter_mut().find(|(known, _)| *known == name) {
            Some((_, rules)) => rules.push(rule),
            None => sections.push((name, vec![rule])),
        }
    }
    let order = |name: &str| Kind::ALL.iter().position(|kind| kind.name() == name).map_or(0, |position| position + 1);
    sections.sort_by_key(|(name, _)| order(name));
    for (name, rules) in sections {
        let _ = write!(page, "\n## {name}\n\n| rule | | what it finds |\n| --- | --- | --- |\n");
        for rule in rules {
            let strict = if rule.strict { ", strict" } else { "" };
            let _ = writeln!(
                page,
                "| [{0}]({0}.md) | {1}{strict} | {2} |",
                rule.id,
                rule.severity.name(),
                rule.title().replace('|', "\\|")
            );
        }
    }
    page
}
