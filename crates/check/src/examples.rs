//! The examples in a rule's page: files that have the trouble, and files that do not.
//!
//! A code block names its file and its side: ` ```yaml compose.yaml bad`. Blocks of one side are one
//! project; a number behind the side (`bad 2`) starts another one.

use crate::rule::Rule;
use std::collections::BTreeMap;

/// One project of a rule's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    pub is_bad: bool,
    /// Names and texts.
    pub files: Vec<(String, String)>,
}

pub fn examples(rule: &Rule) -> Vec<Example> {
    let text = rule.text();
    let mut found: BTreeMap<(bool, String), Vec<(String, String)>> = BTreeMap::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(head) = line.strip_prefix("```") else { continue };
        let body: String = lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
        let words: Vec<&str> = head.split_whitespace().collect();
        if let [_, name, side @ ("bad" | "good"), number @ ..] = words.as_slice() {
            let key = (*side == "good", number.first().copied().unwrap_or_default().to_owned());
            found.entry(key).or_default().push(((*name).to_owned(), body));
        }
    }
    found.into_iter().map(|((is_good, _), files)| Example { is_bad: !is_good, files }).collect()
}
