//! systemd's units: what they are doing, asked for many at once, and changing it.

use super::{Call, Fault, System};
use std::collections::BTreeMap;
use std::time::Duration;

/// What systemd says of one unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitState {
    /// `loaded`, `not-found`, `masked`…
    pub load: String,
    /// `active`, `inactive`, `failed`, `activating`…
    pub active: String,
    /// `enabled`, `disabled`, `static`, `masked`…; empty when there is no unit file.
    pub file: String,
    /// What a socket unit listens on, one `ListenStream` address each.
    pub listen: Vec<String>,
}

const PROPERTIES: &str = "--property=Id,Names,LoadState,ActiveState,UnitFileState,Listen";

impl UnitState {
    pub fn is_loaded(&self) -> bool {
        self.load == "loaded"
    }

    pub fn is_active(&self) -> bool {
        matches!(self.active.as_str(), "active" | "reloading" | "refreshing")
    }

    pub fn is_enabled(&self) -> bool {
        matches!(self.file.as_str(), "enabled" | "enabled-runtime" | "alias")
    }

    pub fn is_masked(&self) -> bool {
        self.file.starts_with("masked")
    }
}

impl System {
    /// Asks for all of these units with one process; by the name that was asked for.
    pub fn units(&self, names: &[&str]) -> Result<BTreeMap<String, UnitState>, Fault> {
        if names.is_empty() {
            return Ok(BTreeMap::new());
        }
        let argv: Vec<&str> = ["systemctl", "show", PROPERTIES, "--"].iter().chain(names).copied().collect();
        Ok(parse(&self.run_ok(&argv)?, names))
    }

    pub fn unit(&self, name: &str) -> Result<UnitState, Fault> {
        Ok(self.units(&[name])?.remove(name).unwrap_or_default())
    }

    /// Runs `systemctl` with these words. The last of them is the unit, if there is one.
    pub fn systemctl(&self, words: &[&str]) -> Result<(), Fault> {
        let argv: Vec<&str> = ["systemctl", "--no-ask-password"].iter().chain(words).copied().collect();
        // Units with a long start (a database that recovers) have systemd's own deadline of 90 s.
        let call = Call::new(&argv).deadline(Duration::from_secs(180));
        let starts = words.iter().any(|word| matches!(*word, "start" | "restart" | "reload" | "reload-or-restart"));
        let Some(unit) = words.last().filter(|_| starts) else {
            return self.call_ok(&call).map(drop);
        };
        self.forget_starts(unit);
        let help = |fault: Fault| fault.help(format!("see `journalctl -u {unit} -n 50` on the host"));
        self.call_ok(&call).map(drop).map_err(help)
    }

    /// Lets a unit be started whatever happened to it just before.
    ///
    /// Several changes in a row start a unit more often than systemd lets a crashing one, and
    /// neither a change nor its undo must fail for that. A socket goes down with its service's
    /// count, and not before the next caller comes: so ssh.socket seems to be up, and is not.
    fn forget_starts(&self, unit: &str) {
        let service = unit.strip_suffix(".socket").map(|name| format!("{name}.service"));
        let argv = ["systemctl", "--quiet", "reset-failed", "--", unit].into_iter().chain(service.as_deref());
        // A unit that never ran has nothing to forget, and systemctl complains.
        let _ = self.run(&argv.collect::<Vec<_>>());
    }
}

/// Reads `systemctl show`: a block of `Name=value` lines per unit, in the order they were asked
/// for, with an empty line in between.
fn parse(text: &str, names: &[&str]) -> BTreeMap<String, UnitState> {
    let blocks: Vec<&str> = text.split("\n\n").filter(|block| !block.trim().is_empty()).collect();
    let in_order = blocks.len() == names.len();
    let named = |(index, name): (usize, &&str)| {
        let block = match in_order {
            true => blocks.get(index).copied(),
            // A name that systemd does not take as one has no block.
            false => blocks.iter().find(|block| all_names(block).any(|other| other == *name)).copied(),
        };
        ((*name).to_owned(), block.map(state).unwrap_or_default())
    };
    names.iter().enumerate().map(named).collect()
}

fn all_names(block: &str) -> impl Iterator<Item = &str> {
    values(block, "Names").chain(values(block, "Id")).flat_map(str::split_whitespace)
}

fn values<'a>(block: &'a str, property: &'a str) -> impl Iterator<Item = &'a str> {
    block.lines().filter_map(|line| line.split_once('=')).filter(move |(name, _)| *name == property).map(|(_, is)| is)
}

fn state(block: &str) -> UnitState {
    let one = |property| values(block, property).next().unwrap_or_default().to_owned();
    UnitState {
        load: one("LoadState"),
        active: one("ActiveState"),
        file: one("UnitFileState"),
        // `Listen=[::]:22 (Stream)`
        listen: values(block, "Listen").filter_map(|is| is.strip_suffix(" (Stream)")).map(str::to_owned).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOWN: &str = "Listen=0.0.0.0:22 (Stream)\nListen=[::]:22 (Stream)\nId=ssh.socket\nNames=ssh.socket\n\
        LoadState=loaded\nActiveState=active\nUnitFileState=enabled\n\n\
        Id=nothing.service\nNames=nothing.service\nLoadState=not-found\nActiveState=inactive\nUnitFileState=\n";

    #[test]
    fn each_unit_gets_its_own_block() {
        let units = parse(SHOWN, &["ssh.socket", "nothing.service"]);
        assert!(units["ssh.socket"].is_active() && units["ssh.socket"].is_enabled());
        assert_eq!(units["ssh.socket"].listen, ["0.0.0.0:22", "[::]:22"]);
        assert!(!units["nothing.service"].is_loaded());
    }

    #[test]
    fn a_name_without_a_block_does_not_shift_the_others() {
        let units = parse(SHOWN, &["bad name", "nothing.service", "ssh.socket"]);
        assert!(units["ssh.socket"].is_active());
        assert_eq!(units["bad name"], UnitState::default());
    }
}
