//! systemd's units: what they are doing, asked for many at once, and changing it.

use super::{Fault, FaultCode, System};
use std::collections::BTreeMap;

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
}

impl System {
    /// Asks for all of these units with one process; by the name that was asked for.
    pub fn units(&self, _names: &[&str]) -> Result<BTreeMap<String, UnitState>, Fault> {
        Err(Fault::new(FaultCode::Unsupported, "not yet"))
    }

    /// Runs `systemctl` with these words; its failure names the unit's last log lines.
    pub fn systemctl(&self, words: &[&str]) -> Result<(), Fault> {
        let argv: Vec<&str> = ["systemctl", "--no-ask-password"].iter().chain(words).copied().collect();
        self.run_ok(&argv).map(drop)
    }
}
