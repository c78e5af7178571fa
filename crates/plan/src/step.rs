//! One change of one resource, and the stages that changes are grouped in.

use crate::{Difference, Digest, Resource};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// It was not there.
    Add,
    /// It was there, and otherwise.
    Change,
    /// It left the site: the host gets back what was there before piton.
    Remove,
}

/// What doing a step means for people and for programs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// Reaching the host depends on it.
    pub guarded: bool,
    /// It may take access away, so it waits until a new connection has proved the way that stays.
    pub narrows: bool,
    /// The units that stop for a moment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restarts: Vec<String>,
    /// People's data may be lost.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub data: bool,
}

/// What must be true of the resource the moment before the step runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expect {
    /// The resource is observed again and has this digest; else the plan is stale.
    Seen(Digest),
    /// An earlier step of the same plan changes what is seen (installing ufw makes `/etc/ufw`), so
    /// this digest holds only before the first step.
    AtTheStart(Digest),
}

impl Expect {
    /// What must be seen before the first step of the plan.
    pub fn at_the_start(&self) -> &Digest {
        match self {
            Expect::Seen(digest) | Expect::AtTheStart(digest) => digest,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub verb: Verb,
    /// What to make; for [`Verb::Remove`], what piton made and shall take away.
    pub resource: Resource,
    pub expect: Expect,
    pub differences: Vec<Difference>,
    pub effect: Effect,
    /// A first half that only adds a way in; the whole change follows in a later stage.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bridge: bool,
}

/// Why a stage is a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageName {
    /// Everything that adds and changes, and takes no way in away.
    Open,
    /// What takes a way in away: run over a new connection by the path that stays.
    Close,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    pub name: StageName,
    pub steps: Vec<Step>,
}

impl Stage {
    /// Reaching the host depends on this stage, so a new connection must prove that it went well.
    pub fn is_guarded(&self) -> bool {
        self.steps.iter().any(|step| step.effect.guarded)
    }
}
