//! What `iptables-save` prints, table by table and chain by chain.

use super::super::Difference;
use super::owners::has_owner;
use crate::system::{Call, Fault, System};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The tables of one kind of iptables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tables(BTreeMap<String, Table>);

/// One table: its chains in order with their policies (`-` for one that somebody made), its rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    chains: Vec<(String, String)>,
    rules: Vec<String>,
}

/// Asks for all tables; none where nft says that the tables of that name are not iptables'.
pub(super) fn read(system: &System, program: &str) -> Result<Tables, Fault> {
    Ok(parse(&system.run_ok(&[&format!("{program}-save")])?))
}

pub(super) fn parse(text: &str) -> Tables {
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    let mut open: Option<(String, Table)> = None;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('*') {
            open = Some((name.to_owned(), Table::default()));
        } else if line == "COMMIT" {
            tables.extend(open.take());
        } else if let Some((_, table)) = &mut open {
            if let Some(chain) = line.strip_prefix(':') {
                let mut words = chain.split_whitespace();
                if let (Some(name), Some(policy)) = (words.next(), words.next()) {
                    table.chains.push((name.to_owned(), policy.to_owned()));
                }
            } else if line.starts_with('-') {
                table.rules.push(line.trim_end().to_owned());
            }
        }
    }
    Tables(tables)
}

impl Tables {
    /// Whether a table as nft names it (`ip filter`) is one of these, of this program.
    pub(super) fn is_table_of(&self, program: &str, native: &str) -> bool {
        let family = if program.starts_with("ip6") { "ip6" } else { "ip" };
        native.split_once(' ').is_some_and(|(of, table)| of == family && self.0.contains_key(table))
    }

    pub(super) fn rules(&self) -> usize {
        self.0.values().map(|table| table.rules.len()).sum()
    }

    /// Has the tables of `before`, as `newer` has them where it does.
    pub(super) fn keep(&mut self, before: &Tables, newer: Option<&Tables>) {
        for (name, table) in &before.0 {
            let table = newer.and_then(|newer| newer.0.get(name)).unwrap_or(table);
            self.0.insert(name.clone(), table.clone());
        }
    }

    /// A table in which nothing stands is as good as none.
    pub(super) fn drop_blank(&mut self) {
        self.0.retain(|_, table| !table.is_blank());
    }
}

impl Table {
    fn is_blank(&self) -> bool {
        self.rules.is_empty() && self.chains.iter().all(|(_, policy)| policy == "ACCEPT")
    }

    fn has_chain(&self, chain: &str) -> bool {
        self.chains.iter().any(|(name, _)| name == chain)
    }

    /// As it was, with what the programs that keep chains of their own have added there since.
    fn with_growth_of(&self, now: &Table) -> Table {
        let grown: Vec<&(String, String)> =
            now.chains.iter().filter(|(name, _)| has_owner(name) && !self.has_chain(name)).collect();
        let mut chains = self.chains.clone();
        chains.extend(grown.into_iter().cloned());
        let is_growth = |rule: &str| has_owner(chain(rule)) || target(rule).is_some_and(has_owner);
        // Only what stays loadable: a jump needs the chain that it leads to.
        let leads =
            |rule: &str| target(rule).is_none_or(|to| !has_owner(to) || chains.iter().any(|(name, _)| name == to));
        let rules = merged(&self.rules, &now.rules, &|rule| is_growth(rule) && leads(rule));
        Table { chains, rules }
    }

    /// The same rules in the same chains, wherever the chains stand among each other.
    fn is_like(&self, other: &Table) -> bool {
        self.by_chain() == other.by_chain()
    }

    fn by_chain(&self) -> BTreeMap<&str, (&str, Vec<&str>)> {
        let mut found: BTreeMap<&str, (&str, Vec<&str>)> =
            self.chains.iter().map(|(name, policy)| (name.as_str(), (policy.as_str(), Vec::new()))).collect();
        for rule in &self.rules {
            if let Some((_, rules)) = found.get_mut(chain(rule)) {
                rules.push(rule);
            }
        }
        found
    }

    fn text(&self, name: &str) -> String {
        let chains = self.chains.iter().map(|(chain, policy)| format!(":{chain} {policy} [0:0]\n"));
        let rules = self.rules.iter().map(|rule| format!("{rule}\n"));
        format!("*{name}\n{}{}COMMIT\n", chains.collect::<String>(), rules.collect::<String>())
    }
}

/// The chain of `-A CHAIN …`.
fn chain(rule: &str) -> &str {
    rule.split_whitespace().nth(1).unwrap_or_default()
}

/// Where `… -j TARGET` or `… -g TARGET` leads.
fn target(rule: &str) -> Option<&str> {
    let mut words = rule.split_whitespace();
    words.find(|word| matches!(*word, "-j" | "-g"))?;
    words.next()
}

/// The old lines, with those of the new ones that may stay, each where it stands now: what comes
/// before and after it in both lists keeps coming before and after it.
fn merged(before: &[String], now: &[String], stays: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut out = Vec::new();
    let mut old = before.iter().peekable();
    for line in now {
        if let Some(position) = old.clone().position(|one| one == line) {
            out.extend(old.by_ref().take(position + 1).cloned());
        } else if stays(line) && !before.contains(line) {
            out.push(line.clone());
        }
    }
    out.extend(old.cloned());
    out
}

/// The table as it has to be, for each that is not so.
fn wanted<'a>(before: &'a Tables, now: &'a Tables) -> Vec<(&'a str, Table)> {
    let blank = Table::default();
    let names: std::collections::BTreeSet<&String> = before.0.keys().chain(now.0.keys()).collect();
    let mut found = Vec::new();
    for name in names {
        let there = now.0.get(name).unwrap_or(&blank);
        let was = match before.0.get(name) {
            Some(table) => table.clone(),
            // The kernel's own chains cannot be taken away; they are emptied and accept.
            None => Table {
                chains: there
                    .chains
                    .iter()
                    .filter(|(_, policy)| policy != "-")
                    .map(|(name, _)| (name.clone(), "ACCEPT".to_owned()))
                    .collect(),
                rules: Vec::new(),
            },
        };
        let table = was.with_growth_of(there);
        if !table.is_like(there) {
            found.push((name.as_str(), table));
        }
    }
    found
}

pub(super) fn restore(system: &System, program: &str, before: &Tables, now: &Tables) -> Vec<Fault> {
    let put_back = |(name, table): (&str, Table)| {
        // The whole of a table at once, or nothing of it; others are not touched.
        let restore = format!("{program}-restore");
        let call = Call::new(&[&restore, "--wait", "10"]).input(table.text(name));
        system.call_ok(&call).err()
    };
    wanted(before, now).into_iter().filter_map(put_back).collect()
}

pub(super) fn differences(program: &str, before: &Tables, now: &Tables) -> Vec<Difference> {
    let blank = Table::default();
    let mut found = Vec::new();
    for (name, table) in wanted(before, now) {
        let what = format!("{program} {name}");
        let there = now.0.get(name).unwrap_or(&blank);
        let lines = |table: &Table| -> Vec<String> {
            let chains = table.chains.iter().map(|(chain, policy)| format!(":{chain} {policy}"));
            chains.chain(table.rules.iter().cloned()).collect()
        };
        let (was, is) = (lines(&table), lines(there));
        let before = found.len();
        found.extend(was.iter().filter(|line| !is.contains(line)).map(|line| Difference::gone(&what, line.clone())));
        found.extend(is.iter().filter(|line| !was.contains(line)).map(|line| Difference::came(&what, line.clone())));
        if found.len() == before {
            found.push(Difference::gone(&what, "another order of its rules".to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "# Generated\n*filter\n:INPUT ACCEPT [12:34]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n\
        :DOCKER - [0:0]\n-A INPUT -i lo -j ACCEPT\n-A FORWARD -o docker0 -j DOCKER\n-A DOCKER -d 172.17.0.2/32 -j ACCEPT\n\
        -A DOCKER -i docker0 -j DROP\nCOMMIT\n*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n";

    fn tables(text: &str) -> Tables {
        let mut tables = parse(text);
        tables.drop_blank();
        tables
    }

    fn back(now: &str) -> String {
        wanted(&tables(BEFORE), &tables(now)).iter().map(|(name, table)| table.text(name)).collect()
    }

    #[test]
    fn counters_and_blank_tables_do_not_count() {
        let now = BEFORE.replace("[12:34]", "[99:9]").replace("*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n", "");
        assert_eq!(back(&now), "");
        assert!(parse(BEFORE).is_table_of("iptables", "ip nat") && !parse(BEFORE).is_table_of("ip6tables", "ip nat"));
    }

    #[test]
    fn a_rule_that_came_goes_and_the_policy_comes_back() {
        let now = BEFORE
            .replace("-A INPUT -i lo", "-A INPUT -j DROP\n-A INPUT -i lo")
            .replace("FORWARD DROP", "FORWARD ACCEPT");
        let text = back(&now);
        assert!(text.contains(":FORWARD DROP") && !text.contains("-A INPUT -j DROP"), "{text}");
        assert!(!text.contains("*nat"), "{text}");
    }

    #[test]
    fn what_docker_added_meanwhile_stays_where_it_is_and_what_was_taken_from_it_comes_back() {
        let now = BEFORE
            .replace("-A INPUT -i lo -j ACCEPT\n", "")
            .replace("-A DOCKER -d 172.17.0.2/32 -j ACCEPT\n", "-A DOCKER -d 172.17.0.9/32 -j ACCEPT\n")
            .replace(":DOCKER - ", ":DOCKER-USER - [0:0]\n:DOCKER - ")
            .replace("-A FORWARD -o", "-A FORWARD -j DOCKER-USER\n-A FORWARD -o");
        let text = back(&now);
        let rules: Vec<&str> = text.lines().filter(|line| line.starts_with("-A")).collect();
        assert_eq!(
            rules,
            [
                "-A FORWARD -j DOCKER-USER",
                "-A INPUT -i lo -j ACCEPT",
                "-A FORWARD -o docker0 -j DOCKER",
                "-A DOCKER -d 172.17.0.9/32 -j ACCEPT",
                "-A DOCKER -d 172.17.0.2/32 -j ACCEPT",
                "-A DOCKER -i docker0 -j DROP",
            ]
        );
        assert!(text.contains(":DOCKER-USER -"));
    }

    #[test]
    fn a_table_that_came_is_emptied_and_accepts() {
        let now = format!("{BEFORE}*mangle\n:INPUT DROP [0:0]\n:mine - [0:0]\n-A INPUT -j mine\nCOMMIT\n");
        assert_eq!(back(&now), "*mangle\n:INPUT ACCEPT [0:0]\nCOMMIT\n");
    }
}
