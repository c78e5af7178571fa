//! The live packet filter, as text that `iptables-restore` takes back table by table.

use super::Saved;
use crate::system::{Call, Fault, System};

pub(super) fn read(system: &System) -> Result<Saved, Fault> {
    Ok(Saved::Filter { v4: tables(system, "iptables-save")?, v6: tables(system, "ip6tables-save")? })
}

fn tables(system: &System, program: &str) -> Result<Option<String>, Fault> {
    system.program(program).map(|_| system.run_ok(&[program])).transpose()
}

pub(super) fn restore(system: &System, v4: Option<&str>, v6: Option<&str>) -> Result<(), Fault> {
    for (program, before) in [("iptables", v4), ("ip6tables", v6)] {
        let before = before.unwrap_or_default();
        // Where the program is gone, so are the rules that it could have made known.
        let Some(now) = tables(system, &format!("{program}-save"))? else { continue };
        if !same(&now, before) {
            let program = format!("{program}-restore");
            system.call_ok(&Call::new(&[&program, "--wait=10"]).input(format!("{}{before}", emptied(&now, before))))?;
        }
    }
    Ok(())
}

/// Lets ufw do what its files say, after these were put back.
pub(super) fn settle(system: &System) -> Result<(), Fault> {
    if system.program("ufw").is_none() {
        return Ok(());
    }
    let switch = system.read_text("/etc/ufw/ufw.conf")?.unwrap_or_default();
    if switch.lines().any(|line| line.trim() == "ENABLED=yes") {
        return system.run_ok(&["ufw", "reload"]).map(drop);
    }
    // Going off resets the default policies, Docker's too: only where ufw is on against its files.
    let rules = tables(system, "iptables-save")?.unwrap_or_default();
    match rules.lines().any(|line| line == "-A ufw-before-input -j ufw-user-input") {
        true => system.run_ok(&["ufw", "disable"]).map(drop),
        false => Ok(()),
    }
}

/// Whether two rulesets do the same: packet counters, comments and empty tables aside.
pub(super) fn same(one: &str, other: &str) -> bool {
    essence(one) == essence(other)
}

/// The tables that say anything, each as its lines.
fn essence(text: &str) -> Vec<Vec<String>> {
    let mut found: Vec<Vec<String>> = each_table(text).filter(|table| !says_nothing(table)).map(essence_of).collect();
    found.sort();
    found
}

fn essence_of(table: Vec<&str>) -> Vec<String> {
    let without_counters = |line: &str| match line.starts_with(':') {
        true => line.split(" [").next().unwrap_or(line).to_owned(),
        false => line.to_owned(),
    };
    table.into_iter().map(without_counters).collect()
}

/// The lines of each table: its name, `*filter`, then chains and rules.
fn each_table(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let mut tables: Vec<Vec<&str>> = Vec::new();
    for line in text.lines().map(str::trim) {
        match line.chars().next() {
            None | Some('#') => {}
            Some('*') => tables.push(vec![line]),
            Some(_) if line == "COMMIT" => {}
            Some(_) => tables.last_mut().into_iter().for_each(|table| table.push(line)),
        }
    }
    tables.into_iter()
}

/// Only the kernel's own chains, all of them accepting: as good as no table.
fn says_nothing(table: &[&str]) -> bool {
    table.iter().skip(1).all(|line| line.starts_with(':') && line.contains(" ACCEPT"))
}

/// Empties the tables that are there now and were not before; restoring does not touch those.
fn emptied(now: &str, before: &str) -> String {
    let had: Vec<&str> = each_table(before).filter_map(|table| table.first().copied()).collect();
    let mut text = String::new();
    for table in each_table(now) {
        let Some(name) = table.first().filter(|name| !had.contains(*name)) else { continue };
        text.push_str(name);
        text.push('\n');
        // The kernel's own chains have a policy, people's chains a dash.
        let own = table.iter().filter(|line| line.starts_with(':') && !line.contains(" - "));
        for chain in own.filter_map(|line| line.split_whitespace().next()) {
            text.push_str(&format!("{chain} ACCEPT [0:0]\n"));
        }
        text.push_str("COMMIT\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str =
        "# Generated\n*nat\n:PREROUTING ACCEPT [0:0]\n:DOCKER - [0:0]\n-A PREROUTING -j DOCKER\nCOMMIT\n";
    const NOW: &str = "*filter\n:INPUT DROP [12:345]\n:ufw-user - [0:0]\n-A INPUT -j ufw-user\nCOMMIT\n\
        *nat\n:PREROUTING ACCEPT [7:8]\n:DOCKER - [0:0]\n-A PREROUTING -j DOCKER\nCOMMIT\n";

    #[test]
    fn counters_comments_and_empty_tables_do_not_count() {
        let empty = format!("{BEFORE}*filter\n:INPUT ACCEPT [1:2]\nCOMMIT\n");
        assert!(same(BEFORE, &empty));
        assert!(!same(BEFORE, NOW));
    }

    #[test]
    fn a_table_that_was_not_there_is_emptied() {
        assert_eq!(emptied(NOW, BEFORE), "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n");
    }
}
