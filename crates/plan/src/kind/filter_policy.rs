//! Whether ufw is on, and what it does with packets that no rule names.

use super::Kind;
use crate::{Difference, Effect, Verb};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FilterPolicy {
    pub incoming: Policy,
    pub outgoing: Policy,
    /// The names of the rules that may be there; every other rule is taken away. None: rules that
    /// piton did not make are left alone.
    pub only: Option<BTreeSet<String>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    #[default]
    Allow,
    Deny,
    Reject,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// ufw.conf says ENABLED=yes and its unit is enabled, so it comes up at boot.
    pub enabled: bool,
    /// The kernel has ufw's chains.
    pub live: bool,
    pub incoming: Policy,
    pub outgoing: Policy,
    /// Every rule in ufw's files, by name.
    pub rules: BTreeSet<String>,
}

impl fmt::Display for Policy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Policy::Allow => "allow",
            Policy::Deny => "deny",
            Policy::Reject => "reject",
        })
    }
}

impl FilterPolicy {
    /// The rules that an exclusive policy takes away.
    pub fn strangers<'a>(&'a self, seen: &'a Observed) -> impl Iterator<Item = &'a String> {
        seen.rules.iter().filter(|rule| self.only.as_ref().is_some_and(|only| !only.contains(*rule)))
    }
}

impl Kind for FilterPolicy {
    type Observed = Observed;
    const NAME: &'static str = "filter_policy";

    fn name(&self) -> String {
        "ufw".into()
    }

    fn differences(&self, seen: &Observed) -> Vec<Difference> {
        let on_off = |on: bool| if on { "on" } else { "off" };
        let mut found = Vec::new();
        found.extend(Difference::between("ufw", &on_off(seen.enabled && seen.live), &"on"));
        found.extend(Difference::between("incoming", &seen.incoming, &self.incoming));
        found.extend(Difference::between("outgoing", &seen.outgoing, &self.outgoing));
        found.extend(self.strangers(seen).map(|rule| Difference::drop("rule", rule)));
        found
    }

    fn is_absent(&self, seen: &Observed) -> bool {
        !seen.enabled
    }

    fn settled(&self, seen: &Observed) -> Observed {
        let strangers: BTreeSet<_> = self.strangers(seen).cloned().collect();
        Observed {
            enabled: true,
            live: true,
            incoming: self.incoming,
            outgoing: self.outgoing,
            rules: seen.rules.difference(&strangers).cloned().collect(),
        }
    }

    fn effect(&self, verb: Verb, _seen: &Observed) -> Effect {
        Effect { guarded: true, narrows: verb != Verb::Remove, ..Effect::default() }
    }

    fn packages(&self) -> &'static [&'static str] {
        &["ufw"]
    }
}
