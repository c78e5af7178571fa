//! The kernel parameters that ufw sets on its own each time it starts.
//!
//! Its file says, among others, `log_martians=0`, and ufw starts after systemd-sysctl: whoever
//! asks for another value under /etc/sysctl.d has it until the next start of ufw. So a line that
//! says otherwise is put to sleep, in a way that can be undone.

use crate::system::accounts::Accounts;
use crate::system::{Fault, System};
use piton_plan::FileSpec;
use std::collections::BTreeMap;

pub(crate) const FILE: &str = "/etc/ufw/sysctl.conf";

/// What stands before a line that was put to sleep.
const ASLEEP: &str = "# see /etc/sysctl.d: ";

/// Puts the lines to sleep that set one of these parameters to another value.
pub(crate) fn give_way(system: &System, values: &BTreeMap<String, String>) -> Result<(), Fault> {
    edit(system, |line| {
        let (name, value) = setting(line)?;
        let wanted = values.get(&name)?;
        (wanted.trim() != value).then(|| format!("{ASLEEP}{line}"))
    })
}

/// Wakes the lines again that set one of these parameters.
pub(crate) fn take_back(system: &System, values: &BTreeMap<String, String>) -> Result<(), Fault> {
    edit(system, |line| {
        let line = line.strip_prefix(ASLEEP)?;
        let (name, _) = setting(line)?;
        values.contains_key(&name).then(|| line.to_owned())
    })
}

fn edit(system: &System, change: impl Fn(&str) -> Option<String>) -> Result<(), Fault> {
    let (Some(text), Some(state)) = (system.read_text(FILE)?, system.file_state(FILE, &Accounts::read(system)?)?)
    else {
        return Ok(());
    };
    let line = |line: &str| change(line).unwrap_or_else(|| line.to_owned()) + "\n";
    let content: String = text.lines().map(line).collect();
    if content == text {
        return Ok(());
    }
    let spec = FileSpec { owner: state.owner, group: state.group, ..FileSpec::of_root(FILE, content) };
    system.write_file(&spec.with_mode(state.mode.0)).map(drop)
}

/// Reads `net/ipv4/conf/all/log_martians=0`; with dots it means the same.
fn setting(line: &str) -> Option<(String, &str)> {
    let (name, value) = line.trim().split_once('=')?;
    let name = name.trim();
    if name.starts_with(['#', ';']) {
        return None;
    }
    // Whichever sign comes first separates; the other one is part of a name.
    let slashes = name.find('/').is_some_and(|slash| name.find('.').is_none_or(|dot| slash < dot));
    let swap = |sign: char| match sign {
        '/' => '.',
        '.' => '/',
        other => other,
    };
    let name = if slashes { name.chars().map(swap).collect() } else { name.to_owned() };
    Some((name, value.trim()))
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::Host;
    use super::*;

    const TEXT: &str = "# ufw\nnet/ipv4/icmp_echo_ignore_broadcasts=1\n#net/ipv4/tcp_sack=1\n\
        net/ipv4/conf/all/log_martians=0\nnet/ipv4/conf/default/log_martians=0\n";

    #[test]
    fn only_a_line_that_says_otherwise_sleeps_and_it_wakes_as_it_was() {
        let host = Host::new();
        host.write(FILE, TEXT);
        let names = ["net.ipv4.icmp_echo_ignore_broadcasts", "net.ipv4.tcp_sack", "net.ipv4.conf.all.log_martians"];
        let values: BTreeMap<String, String> = names.iter().map(|name| ((*name).to_owned(), "1".to_owned())).collect();
        give_way(&host.system, &values).unwrap();
        let text = host.system.read_text(FILE).unwrap().unwrap();
        let asleep = TEXT.replace("net/ipv4/conf/all", &format!("{ASLEEP}net/ipv4/conf/all"));
        assert_eq!(text, asleep);
        give_way(&host.system, &values).unwrap();
        assert_eq!(host.system.read_text(FILE).unwrap().unwrap(), asleep, "a second time changes nothing");
        take_back(&host.system, &values).unwrap();
        assert_eq!(host.system.read_text(FILE).unwrap().unwrap(), TEXT);
    }

    #[test]
    fn a_host_without_ufw_is_left_alone() {
        let host = Host::new();
        give_way(&host.system, &BTreeMap::new()).unwrap();
        assert!(!host.system.exists(FILE));
    }

    #[test]
    fn the_first_separator_decides_what_a_name_is() {
        let name = |line| setting(line).map(|(name, _)| name);
        assert_eq!(name("net/ipv4/conf/eth0.1/rp_filter = 1").as_deref(), Some("net.ipv4.conf.eth0/1.rp_filter"));
        assert_eq!(name("net.ipv4.tcp_sack=1").as_deref(), Some("net.ipv4.tcp_sack"));
        assert_eq!(name("nonsense"), None);
    }
}
