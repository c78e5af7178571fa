//! Whether a systemd unit runs, and whether it starts at boot.

use super::Kind;
use crate::{Difference, Effect, Verb};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    pub name: String,
    /// None: left as it is.
    pub enabled: Option<bool>,
    pub active: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// The unit file is there.
    pub loaded: bool,
    pub enabled: bool,
    pub active: bool,
}

impl Kind for Unit {
    type Observed = Observed;
    const NAME: &'static str = "unit";

    fn name(&self) -> String {
        self.name.clone()
    }

    fn differences(&self, seen: &Observed) -> Vec<Difference> {
        let on_off = |on: bool| if on { "on" } else { "off" };
        let run_stop = |on: bool| if on { "running" } else { "stopped" };
        let enabled = self.enabled.filter(|on| *on != seen.enabled);
        let active = self.active.filter(|on| *on != seen.active);
        let boot = enabled.map(|on| Difference::change("at boot", on_off(!on), on_off(on)));
        let now = active.map(|on| Difference::change("now", run_stop(!on), run_stop(on)));
        boot.into_iter().chain(now).collect()
    }

    fn is_absent(&self, seen: &Observed) -> bool {
        !seen.loaded
    }

    fn settled(&self, seen: &Observed) -> Observed {
        Observed {
            loaded: true,
            enabled: self.enabled.unwrap_or(seen.enabled),
            active: self.active.unwrap_or(seen.active),
        }
    }

    fn effect(&self, _verb: Verb, _seen: &Observed) -> Effect {
        let reach = REACH.iter().any(|start| self.name.starts_with(start));
        Effect { guarded: reach, narrows: reach, ..Effect::default() }
    }
}

/// Units on which reaching the host depends.
const REACH: [&str; 9] = [
    "ssh",
    "systemd-networkd",
    "networking",
    "NetworkManager",
    "systemd-resolved",
    "ufw",
    "nftables",
    "wg-quick",
    "docker",
];
