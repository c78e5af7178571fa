//! The packet filter, from the programs that print it.
//!
//! iptables has two ways into the kernel, and packets pass both; nft shows its own tables and those
//! of iptables' newer way, which are read from `iptables-save` instead because nft does not know
//! all their words.

use crate::system::{Fault, FaultCode, System};
use piton_reach::Filter;
use piton_reach::filter::{Table, nft, save};
use std::thread;

/// What is there, and what could not be understood.
pub(super) fn read(system: &System) -> Result<(Filter, Vec<String>), Fault> {
    let (texts, ruleset) = thread::scope(|threads| {
        let ruleset = threads.spawn(|| printed(system, &["nft", "-j", "list", "ruleset"]));
        let v6 = threads.spawn(|| families(system, true));
        let v4 = families(system, false);
        let v6 = v6.join().unwrap_or_else(|_| vec![cut_off(true)]);
        let ruleset = ruleset.join().unwrap_or_else(|_| Err(fault("nft")));
        ([v4, v6].concat(), ruleset)
    });
    let mut tables: Vec<Table> = Vec::new();
    let mut unread = Vec::new();
    for (v6, text) in texts {
        match text {
            Ok(None) => {}
            Ok(Some(text)) => match save::parse(&text, v6) {
                Ok(found) => tables.extend(found),
                Err(why) => unread.push(format!("iptables: {why}")),
            },
            Err(fault) => unread.push(format!("iptables: {fault}")),
        }
    }
    match ruleset {
        Ok(Some(text)) if !text.trim().is_empty() => match nft::parse(&text, &tables) {
            Ok(found) => tables.extend(found),
            Err(why) => unread.push(format!("nftables: {why}")),
        },
        Ok(_) => {}
        Err(fault) => unread.push(format!("nftables: {fault}")),
    }
    Ok((Filter { tables }, unread))
}

type Printed = (bool, Result<Option<String>, Fault>);

/// Both ways of iptables, of one address family. The older one is only asked when the kernel has it.
fn families(system: &System, v6: bool) -> Vec<Printed> {
    let (usual, newer, older, names) = match v6 {
        false => ("iptables-save", "iptables-nft-save", "iptables-legacy-save", "ip_tables_names"),
        true => ("ip6tables-save", "ip6tables-nft-save", "ip6tables-legacy-save", "ip6_tables_names"),
    };
    let names = std::fs::read_to_string(system.path(&format!("/proc/thread-self/net/{names}")));
    let has_older = names.is_ok_and(|names| !names.trim().is_empty());
    let programs: &[&str] = match (system.program(newer).is_some(), has_older) {
        (true, true) => &[newer, older],
        (true, false) => &[newer],
        (false, _) => &[usual],
    };
    programs.iter().map(|program| (v6, printed(system, &[program]))).collect()
}

fn printed(system: &System, argv: &[&str]) -> Result<Option<String>, Fault> {
    let installed = argv.first().is_some_and(|name| system.program(name).is_some());
    installed.then(|| system.run_ok(argv)).transpose()
}

fn cut_off(v6: bool) -> Printed {
    (v6, Err(fault("iptables-save")))
}

fn fault(program: &str) -> Fault {
    Fault::new(FaultCode::CommandFailed, format!("reading with {program} was cut off"))
}
