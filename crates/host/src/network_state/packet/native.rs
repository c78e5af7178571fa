//! Native nft tables, each by itself.

use super::super::{Came, Difference};
use super::owners::has_owner;
use crate::system::{Call, Fault, System};
use std::collections::BTreeMap;

/// `family name` to the table's text.
type Native = BTreeMap<String, String>;

pub(super) fn read(system: &System) -> Result<Native, Fault> {
    match system.program("nft") {
        // Without counters and remaining times: `-s`.
        Some(_) => Ok(split(&system.run_ok(&["nft", "-s", "list", "ruleset"])?)),
        None => Ok(Native::new()),
    }
}

/// One ruleset as its tables. One that a running process holds is that process's, and nobody else
/// can change it.
fn split(ruleset: &str) -> Native {
    let mut found = Native::new();
    let mut name = None;
    let mut text = String::new();
    for line in ruleset.lines() {
        if let Some(words) = line.strip_prefix("table ") {
            // `table inet filter { # handle 1` and the like; names have no blanks.
            let words: Vec<&str> = words.split_whitespace().take(2).collect();
            name = Some(words.join(" "));
            text.clear();
        }
        if name.is_some() {
            text.push_str(line);
            text.push('\n');
        }
        if line == "}"
            && let Some(name) = name.take()
        {
            let held =
                text.lines().nth(1).is_some_and(|line| line.trim().starts_with("flags") && line.contains("owner"));
            if !held {
                found.insert(name, std::mem::take(&mut text));
            }
        }
    }
    found
}

/// What has to be said to nft for each table that differs.
fn texts(before: &Native, now: &Native, came: Came) -> Vec<String> {
    let mut texts = Vec::new();
    for (name, text) in before.iter().filter(|(name, text)| differs(name, text, now)) {
        let old = if now.contains_key(name) { format!("delete table {name}\n") } else { String::new() };
        texts.push(format!("{old}{text}"));
    }
    let surplus = now.keys().filter(|name| !before.contains_key(*name) && is_to_go(name, came));
    texts.extend(surplus.map(|name| format!("delete table {name}\n")));
    texts
}

/// A table that its program keeps is put back when it is gone, and let be while it is there.
fn differs(name: &str, text: &str, now: &Native) -> bool {
    match now.get(name) {
        None => true,
        Some(there) => there != text && !has_owner(table(name)),
    }
}

fn is_to_go(name: &str, came: Came) -> bool {
    came == Came::Goes || !has_owner(table(name))
}

fn table(name: &str) -> &str {
    name.split_once(' ').map_or(name, |(_, table)| table)
}

pub(super) fn restore(system: &System, before: &Native, now: &Native, came: Came) -> Vec<Fault> {
    let texts = texts(before, now, came);
    if texts.is_empty() {
        return Vec::new();
    }
    let say = |text: String| system.call_ok(&Call::new(&["nft", "-f", "-"]).input(text)).map(drop);
    // As one transaction where that can be; else each that can.
    match say(texts.concat()) {
        Ok(()) => Vec::new(),
        Err(fault) if texts.len() == 1 => vec![fault],
        Err(_) => texts.into_iter().filter_map(|text| say(text).err()).collect(),
    }
}

pub(super) fn differences(before: &Native, now: &Native, came: Came) -> Vec<Difference> {
    let mut found = Vec::new();
    for (name, text) in before.iter().filter(|(name, text)| differs(name, text, now)) {
        found.extend(lines(name, text, now.get(name).map_or("", String::as_str)));
    }
    for (name, text) in now.iter().filter(|(name, _)| !before.contains_key(*name) && is_to_go(name, came)) {
        found.extend(lines(name, "", text));
    }
    found
}

/// The lines that only one of the two has.
fn lines(name: &str, was: &str, is: &str) -> Vec<Difference> {
    let only = |one: &str, other: &str| -> Vec<String> {
        let others: Vec<&str> = other.lines().map(str::trim).collect();
        let lines = one.lines().map(str::trim).filter(|line| *line != "}" && !others.contains(line));
        lines.map(str::to_owned).collect()
    };
    let what = format!("nft {name}");
    let gone = only(was, is).into_iter().map(|line| Difference::gone(&what, line));
    let mut found: Vec<Difference> =
        gone.chain(only(is, was).into_iter().map(|line| Difference::came(&what, line))).collect();
    if found.is_empty() {
        found.push(Difference::gone(&what, "another order of its lines".to_owned()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULESET: &str = "table inet mine {\n\tset s {\n\t\ttype ipv4_addr\n\t}\n\n\tchain c {\n\t\taccept\n\t}\n}\n\
        table ip firewalld {\n\tflags owner,persist\n\n}\ntable ip6 other {\n}\n";

    #[test]
    fn a_ruleset_falls_into_its_tables_without_those_that_a_process_holds() {
        let found = split(RULESET);
        assert_eq!(found.keys().collect::<Vec<_>>(), ["inet mine", "ip6 other"]);
        assert!(found["inet mine"].starts_with("table inet mine {\n") && found["inet mine"].ends_with("\t}\n}\n"));
    }

    #[test]
    fn only_what_differs_is_said_and_no_ruleset_is_ever_flushed() {
        let before = split(RULESET);
        assert!(texts(&before, &before, Came::Goes).is_empty());
        let mut now = before.clone();
        now.insert("inet mine".into(), "table inet mine {\n}\n".into());
        now.remove("ip6 other");
        now.insert("ip new".into(), "table ip new {\n}\n".into());
        now.insert("inet incus".into(), "table inet incus {\n}\n".into());
        let said = texts(&before, &now, Came::Stays).concat();
        assert!(said.contains("delete table inet mine\ntable inet mine {") && said.contains("delete table ip new\n"));
        assert!(said.contains("table ip6 other {\n}\n") && !said.contains("incus") && !said.contains("flush"));
        assert!(texts(&before, &now, Came::Goes).concat().contains("delete table inet incus"));
    }
}
