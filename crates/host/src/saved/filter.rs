//! What turning ufw on changes in the kernel besides ufw's own chains, and undoing that.
//!
//! ufw going off sets every policy to ACCEPT, also where somebody's own rules counted on DROP, as
//! Docker's do. And each time it comes on it sets the kernel parameters that its file names. The
//! rules themselves are not saved: ufw's files say which are ufw's, and the others are not ours.

use super::Saved;
use crate::system::{Fault, FaultCode, System};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The live packet filter as ufw found it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterSaved {
    /// Packets passed through ufw's rules.
    pub loaded: bool,
    /// The policies of the kernel's own chains; none where `iptables` is not installed.
    pub v4: Option<BTreeMap<String, String>>,
    pub v6: Option<BTreeMap<String, String>>,
    /// The kernel parameters that ufw sets when it starts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
}

const CHAINS: [&str; 3] = ["INPUT", "FORWARD", "OUTPUT"];
const SWITCH: &str = "/etc/ufw/ufw.conf";
const PARAMETERS: &str = "/etc/ufw/sysctl.conf";

pub(super) fn read(system: &System) -> Result<FilterSaved, Fault> {
    let v4 = tables(system, "iptables-save")?;
    Ok(FilterSaved {
        loaded: v4.as_deref().is_some_and(is_loaded),
        v4: v4.as_deref().map(policies),
        v6: tables(system, "ip6tables-save")?.as_deref().map(policies),
        parameters: parameters(system)?,
    })
}

fn tables(system: &System, program: &str) -> Result<Option<String>, Fault> {
    system.program(program).map(|_| system.run_ok(&[program])).transpose()
}

fn is_loaded(tables: &str) -> bool {
    tables.lines().any(|line| line == "-A ufw-before-input -j ufw-user-input")
}

/// Whether ufw's rules are in the kernel, if its files say that it is on.
pub(crate) fn ufw_is_whole(system: &System) -> Option<bool> {
    let on = system.program("ufw").is_some() && is_on(system).ok()?;
    let tables = on.then(|| tables(system, "iptables-save").ok().flatten())??;
    Some(is_loaded(&tables))
}

/// The policies in the filter table; without a table every packet is accepted.
fn policies(tables: &str) -> BTreeMap<String, String> {
    let filter: Vec<&str> =
        tables.lines().skip_while(|line| *line != "*filter").take_while(|line| *line != "COMMIT").collect();
    let policy = |chain: &str| {
        let lines = filter.iter().filter_map(|line| line.strip_prefix(':')?.strip_prefix(chain)?.strip_prefix(' '));
        lines.filter_map(|rest| rest.split_whitespace().next()).next().unwrap_or("ACCEPT").to_owned()
    };
    CHAINS.into_iter().map(|chain| (chain.to_owned(), policy(chain))).collect()
}

/// Lines like `net/ipv4/conf/all/log_martians=0`, with the live values. What this kernel does not
/// have, ufw cannot change either.
fn parameters(system: &System) -> Result<BTreeMap<String, String>, Fault> {
    let text = system.read_text(PARAMETERS)?.unwrap_or_default();
    let names = text.lines().filter_map(|line| Some(line.trim().split_once('=')?.0.trim()));
    let mut found = BTreeMap::new();
    for name in names.filter(|name| !name.starts_with(['#', ';'])) {
        // A line that names no parameter is not one that ufw could set.
        let value = system.sysctl(name).ok().flatten();
        found.extend(value.map(|value| (name.to_owned(), value)));
    }
    Ok(found)
}

/// Lets a ufw that is on load what its files say, after these were put back.
pub(super) fn settle(system: &System) -> Result<(), Fault> {
    match system.program("ufw").is_some() && is_on(system)? {
        true => system.run_ok(&["ufw", "reload"]).map(drop),
        false => Ok(()),
    }
}

fn is_on(system: &System) -> Result<bool, Fault> {
    let switch = system.read_text(SWITCH)?.unwrap_or_default();
    Ok(switch.lines().any(|line| line.trim().trim_matches('"').eq_ignore_ascii_case("ENABLED=yes")))
}

/// Turns ufw off if only the change had loaded it, then gives back what that sets.
pub(super) fn restore(system: &System, before: &FilterSaved) -> Result<(), Fault> {
    if !before.loaded && !is_on(system)? && system.program("ufw").is_some() && read(system)?.loaded {
        system.run_ok(&["ufw", "disable"])?;
    }
    let now = read(system)?;
    set_policies(system, "iptables", before.v4.as_ref(), now.v4.as_ref())?;
    set_policies(system, "ip6tables", before.v6.as_ref(), now.v6.as_ref())?;
    for (name, value) in &before.parameters {
        if system.sysctl(name)?.as_ref() != Some(value) {
            system.set_sysctl(name, value)?;
        }
    }
    Ok(())
}

type Policies = BTreeMap<String, String>;

fn set_policies(
    system: &System,
    program: &str,
    before: Option<&Policies>,
    now: Option<&Policies>,
) -> Result<(), Fault> {
    // Where the program is gone, so is what it could have made known.
    let (Some(before), Some(now)) = (before, now) else { return Ok(()) };
    for (chain, policy) in before.iter().filter(|(chain, policy)| now.get(*chain) != Some(*policy)) {
        system.run_ok(&[program, "--wait", "10", "--policy", chain, policy])?;
    }
    Ok(())
}

pub(super) fn verify(system: &System, before: &FilterSaved) -> Result<(), Fault> {
    let now = read(system)?;
    let differ = |before: &Option<Policies>, now: &Option<Policies>| before.is_some() && now.is_some() && before != now;
    if differ(&before.v4, &now.v4) || differ(&before.v6, &now.v6) {
        let what = "the packet filter's policies are not as they were";
        return Err(Fault::new(FaultCode::NotRestored, what).help("look at `iptables -S` on the host"));
    }
    for (name, value) in &before.parameters {
        if system.sysctl(name)?.as_ref() != Some(value) {
            let what = format!("the kernel parameter {name} is not as it was");
            return Err(Fault::new(FaultCode::NotRestored, what).help("look at it on the host"));
        }
    }
    Ok(())
}

impl Saved {
    /// Of the packet filter only its policies: what a resource that leaves the site gives back. The
    /// parameters may be another resource's by now.
    pub(crate) fn policies_only(saved: &[Saved]) -> Vec<Saved> {
        let filters = saved.iter().filter_map(|saved| match saved {
            Saved::Filter(filter) => Some(FilterSaved { parameters: BTreeMap::new(), ..filter.clone() }),
            _ => None,
        });
        filters.map(Saved::Filter).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saved::testing::{file, program};
    use crate::saved::{Footprint, Settle, Subject, Undo, restore, save};

    const FIREWALLED: &str = "*nat\n:INPUT ACCEPT [0:0]\nCOMMIT\n*filter\n:INPUT DROP [12:345]\n:FORWARD DROP [0:0]\n\
        :OUTPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\nCOMMIT\n";

    #[test]
    fn policies_are_those_of_the_filter_table() {
        let found = policies(FIREWALLED);
        assert_eq!(CHAINS.map(|chain| found[chain].as_str()), ["DROP", "DROP", "ACCEPT"]);
        assert_eq!(policies("")["INPUT"], "ACCEPT", "no table");
    }

    /// A host whose `ufw` opens everything and whose `iptables` notes what it is told.
    fn host() -> (tempfile::TempDir, System) {
        let root = tempfile::tempdir().unwrap();
        let system = System::at(root.path());
        file(&system, SWITCH, "ENABLED=no\n");
        file(&system, PARAMETERS, "# ufw\nnet/ipv4/conf/all/log_martians=0\n#net/ipv4/tcp_sack=1\nnonsense\n");
        file(&system, MARTIANS, "1\n");
        file(&system, "/tables", FIREWALLED);
        let there = format!("cd {}", root.path().display());
        program(&system, "iptables-save", &format!("{there}; cat tables"));
        program(&system, "ufw", &format!("{there}; cp opened tables; echo 0 > .{MARTIANS}"));
        let set = "echo $4 $5 >> asked; sed -i \"/^.filter/,$ s/^:$4 ACCEPT/:$4 $5/\" tables";
        program(&system, "iptables", &format!("{there}; {set}"));
        (root, system)
    }

    const MARTIANS: &str = "/proc/sys/net/ipv4/conf/all/log_martians";

    /// As what ufw loads looks.
    fn with_ufw(tables: &str) -> String {
        tables.replace("22 -j ACCEPT\n", "22 -j ACCEPT\n-A ufw-before-input -j ufw-user-input\n")
    }

    #[test]
    fn a_host_that_was_firewalled_by_hand_is_so_again_when_ufw_goes_off() {
        let (_root, system) = host();
        let before = save(&system, &Footprint::of([Subject::Filter])).unwrap();
        file(&system, "/opened", &FIREWALLED.replace(" DROP ", " ACCEPT "));
        file(&system, "/tables", &with_ufw(FIREWALLED));
        restore(&system, &before, &[], Undo::Open).unwrap();
        let asked = system.read_text("/asked").unwrap().unwrap();
        let mut asked: Vec<&str> = asked.lines().collect();
        asked.sort_unstable();
        assert_eq!(asked, ["FORWARD DROP", "INPUT DROP"]);
        assert_eq!(system.sysctl("net.ipv4.conf.all.log_martians").unwrap().as_deref(), Some("1"));
    }

    #[test]
    fn a_ufw_that_somebody_loaded_is_not_turned_off() {
        let (_root, system) = host();
        let loaded = with_ufw(FIREWALLED);
        file(&system, "/tables", &loaded);
        let before = save(&system, &Footprint::of([Subject::Filter])).unwrap();
        restore(&system, &before, &[Settle::Filter], Undo::Open).unwrap();
        assert_eq!(system.read_text("/tables").unwrap().as_deref(), Some(loaded.as_str()));
    }
}
