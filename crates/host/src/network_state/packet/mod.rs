//! The packet filter as it runs: native nft tables, and what iptables keeps, each in its own format.
//!
//! Not one text for all of it: nft prints tables that iptables made, and cannot read all of what it
//! printed. So iptables saves and restores its own tables, nft the others, table by table; nothing
//! is ever flushed as a whole. Counters are left out. What a program of its own keeps ([`owners`])
//! may grow while a change is open; what grew there stays, what went from there comes back.

mod iptables;
mod native;
mod owners;

use crate::system::{Fault, FaultCode, System};
use iptables::Tables;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::thread;

/// The live filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packets {
    /// Family and name of a native table, and its text as nft reads it.
    pub native: BTreeMap<String, String>,
    /// What `iptables-save` and its like keep, by the program that restores it.
    pub compatible: BTreeMap<String, Tables>,
}

impl Packets {
    /// How many rules iptables keeps.
    pub fn compatible_rules(&self) -> usize {
        self.compatible.values().map(Tables::rules).sum()
    }

    /// Each table with its size.
    pub fn words(&self) -> Vec<String> {
        let native = self.native.iter().map(|(name, text)| format!("nft {name}: {} lines", text.lines().count()));
        let compatible = self.compatible.iter().filter(|(_, tables)| tables.rules() > 0);
        native.chain(compatible.map(|(program, tables)| format!("{program}: {} rules", tables.rules()))).collect()
    }
}

/// Each kind of iptables that a host may have, and what says that it is in use.
const PROGRAMS: [(&str, Option<&str>); 4] = [
    ("iptables", None),
    ("ip6tables", None),
    // The older kind beside the newer one: only asked where its tables are loaded, else it loads them.
    ("iptables-legacy", Some("/proc/net/ip_tables_names")),
    ("ip6tables-legacy", Some("/proc/net/ip6_tables_names")),
];

/// Asks all programs at once.
pub(super) fn read(system: &System) -> Result<Packets, Fault> {
    thread::scope(|scope| {
        let native = scope.spawn(|| native::read(system));
        let asked: Vec<_> = PROGRAMS
            .into_iter()
            .filter(|(program, loaded)| is_in_use(system, program, *loaded))
            .map(|(program, _)| (program, scope.spawn(move || iptables::read(system, program))))
            .collect();
        let mut compatible = BTreeMap::new();
        for (program, asked) in asked {
            compatible.insert(program.to_owned(), asked.join().map_err(|_| lost())??);
        }
        let mut native = native.join().map_err(|_| lost())??;
        native.retain(|table, _| !compatible.iter().any(|(program, tables)| tables.is_table_of(program, table)));
        compatible.values_mut().for_each(Tables::drop_blank);
        Ok(Packets { native, compatible })
    })
}

fn is_in_use(system: &System, program: &str, loaded: Option<&str>) -> bool {
    let save = format!("{program}-save");
    let Some(place) = system.program(&save) else { return false };
    match loaded {
        None => true,
        Some(names) => {
            let plain = system.program(&format!("{}-save", program.trim_end_matches("-legacy")));
            let same = |one: &std::path::Path, other: &std::path::Path| {
                one.canonicalize().ok().zip(other.canonicalize().ok()).is_some_and(|(one, other)| one == other)
            };
            let is_plain = plain.is_some_and(|plain| same(&plain, &place) && is_legacy(&plain));
            !is_plain && system.read_text(names).ok().flatten().is_some_and(|names| !names.trim().is_empty())
        }
    }
}

fn is_legacy(program: &std::path::Path) -> bool {
    program.canonicalize().is_ok_and(|path| path.to_string_lossy().contains("legacy"))
}

fn lost() -> Fault {
    Fault::new(FaultCode::Unsupported, "the packet filter could not be asked")
}

/// Puts back what differs, and nothing else.
pub(super) fn restore(system: &System, before: &Packets, now: &Packets, came: super::Came) -> Vec<Fault> {
    let mut faults = native::restore(system, &before.native, &now.native, came);
    for (program, tables) in &before.compatible {
        // Where the program has gone since, it says so itself.
        let there = now.compatible.get(program).cloned().unwrap_or_default();
        faults.extend(iptables::restore(system, program, tables, &there));
    }
    for (program, there) in now.compatible.iter().filter(|(program, _)| !before.compatible.contains_key(*program)) {
        faults.extend(iptables::restore(system, program, &Tables::default(), there));
    }
    faults
}

/// The filter as it has to be once something that may have flushed it has gone: see [`super::keep_packets`].
pub(super) fn kept(before: &Packets, a_moment_ago: &Packets, there: &Packets) -> Packets {
    let mut kept = there.clone();
    for (table, text) in &before.native {
        let text = a_moment_ago.native.get(table).unwrap_or(text);
        kept.native.insert(table.clone(), text.clone());
    }
    for (program, tables) in &before.compatible {
        let newer = a_moment_ago.compatible.get(program);
        kept.compatible.entry(program.clone()).or_default().keep(tables, newer);
    }
    kept
}

/// What is not as it was, as words for was and is.
pub(super) fn differences(before: &Packets, now: &Packets, came: super::Came) -> Vec<super::Difference> {
    let mut found = native::differences(&before.native, &now.native, came);
    let nothing = Tables::default();
    let programs: std::collections::BTreeSet<&String> = before.compatible.keys().chain(now.compatible.keys()).collect();
    for program in programs {
        let was = before.compatible.get(program).unwrap_or(&nothing);
        let is = now.compatible.get(program).unwrap_or(&nothing);
        found.extend(iptables::differences(program, was, is));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packets(native: &[(&str, &str)], iptables: &str) -> Packets {
        let native = native.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let compatible = BTreeMap::from([("iptables".to_owned(), iptables::parse(iptables))]);
        Packets { native, compatible }
    }

    #[test]
    fn what_was_there_before_a_filter_is_there_when_it_has_gone_and_nothing_else_is_touched() {
        let hand = "*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\nCOMMIT\n";
        let more = hand.replace("COMMIT", "-A INPUT -p tcp -m tcp --dport 80 -j ACCEPT\nCOMMIT");
        let before = packets(&[("inet mine", "old"), ("ip gone", "as it was")], hand);
        let a_moment_ago = packets(&[("inet mine", "new"), ("inet its", "x")], &more);
        let there = packets(&[("inet later", "y")], "");
        let kept = kept(&before, &a_moment_ago, &there);
        let natives: Vec<(&str, &str)> = kept.native.iter().map(|(name, text)| (&**name, &**text)).collect();
        assert_eq!(natives, [("inet later", "y"), ("inet mine", "new"), ("ip gone", "as it was")]);
        assert_eq!(kept.compatible, packets(&[], &more).compatible);
        let lost = packets(&[], "");
        assert_eq!(super::kept(&before, &lost, &lost).compatible, packets(&[], hand).compatible);
    }
}
