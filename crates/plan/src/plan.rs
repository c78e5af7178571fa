//! The plan: an immutable value that says exactly what will be done, to be saved, shown, hashed,
//! approved and applied, and the same bytes in every one of these places.

use crate::{Digest, HostView, Key, Stage, Step, Verb, Wanted};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The format of a saved plan; a piton that writes another one refuses this one by name.
pub const SCHEMA: &str = "piton.plan/1";

/// The exact difference between a site and its hosts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub schema: String,
    /// The digest of everything below: what was approved is what is applied.
    pub id: String,
    pub site: String,
    #[serde(default, skip_serializing_if = "Aim::is_hosts")]
    pub aim: Aim,
    /// Of the resolved site and of every file it names.
    pub site_digest: Digest,
    /// The piton that made it, and the only one that may apply it.
    pub version: String,
    pub hosts: Vec<HostPlan>,
    /// Hosts that did not answer; never "nothing to do".
    pub unreachable: Vec<Unreachable>,
}

/// Whose machines a plan was made for. One is never carried out on the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aim {
    #[default]
    Hosts,
    /// The stand-ins of the site's lab.
    Lab,
}

impl Aim {
    fn is_hosts(&self) -> bool {
        *self == Aim::Hosts
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HostPlan {
    pub host: String,
    /// How the host is reached once the plan is through; a new connection by this path, and no
    /// other, says that the change may stay.
    pub login: Login,
    /// The host's generation that this was made against; the host refuses it in any other.
    pub parent: u64,
    /// Of everything that was seen there.
    pub observed: Digest,
    pub stages: Vec<Stage>,
    /// Owned, gone from the site, and already gone from the host.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forget: Vec<Key>,
    /// Resources that cannot be decided before another host answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waits: Vec<Wait>,
    /// Folders with data of what leaves, which are emptied and removed once the change is confirmed. There are none
    /// unless the operator asked for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub destroys: Vec<String>,
}

/// A way to log in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// An address, or a name that the operator's ssh configuration knows.
    pub address: String,
    pub user: Option<String>,
    pub port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    pub key: Key,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreachable {
    pub host: String,
    pub reason: String,
}

/// Why a saved plan cannot be used.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum PlanError {
    #[error("this is not a saved plan: {0}")]
    Unreadable(String),
    #[error("the plan has the format `{0}`, this piton writes `{SCHEMA}`")]
    Schema(String),
    #[error("the plan was changed after it was made: its id is {found}, its content says {computed}")]
    Altered { found: String, computed: String },
    #[error("the plan was made by piton {made}, this is piton {this}")]
    Version { made: String, this: String },
}

impl fmt::Display for Login {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(user) = &self.user {
            write!(out, "{user}@")?;
        }
        match (self.address.contains(':'), self.port) {
            (true, Some(port)) => write!(out, "[{}]:{port}", self.address),
            (false, Some(port)) => write!(out, "{}:{port}", self.address),
            (_, None) => out.write_str(&self.address),
        }
    }
}

impl HostPlan {
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.stages.iter().flat_map(|stage| &stage.steps)
    }

    /// Nothing is to be done, and nothing is to be forgotten either.
    pub fn is_empty(&self) -> bool {
        self.stages.is_empty() && self.forget.is_empty() && self.destroys.is_empty()
    }
}

impl Plan {
    /// The same plan, for these machines.
    #[must_use]
    pub fn aimed_at(self, aim: Aim) -> Plan {
        Plan { aim, ..self }.sealed()
    }

    /// Gives the plan its id.
    pub(crate) fn sealed(mut self) -> Plan {
        self.id = self.computed_id();
        self
    }

    /// The same plan, with the data of what leaves destroyed: of stacks that go, and of services that leave one.
    pub fn destroying_data(mut self, hosts: &[(Wanted, HostView)]) -> Plan {
        for plan in &mut self.hosts {
            let known = hosts.iter().find(|(wanted, _)| wanted.host == plan.host);
            plan.destroys = known.map(|(wanted, view)| crate::make::left_behind(wanted, view)).unwrap_or_default();
        }
        self.sealed()
    }

    fn computed_id(&self) -> String {
        let unnamed = Plan { id: String::new(), ..self.clone() };
        Digest::of_json(&unnamed).as_str().to_owned()
    }

    /// The first digits of the id, as people say it.
    pub fn short_id(&self) -> &str {
        self.id.get(..8).unwrap_or(&self.id)
    }

    pub fn is_empty(&self) -> bool {
        self.unreachable.is_empty() && self.hosts.iter().all(|host| host.is_empty() && host.waits.is_empty())
    }

    /// How many steps add, change and remove; a bridge is half of a change that is counted already.
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |verb: Verb| {
            let steps = self.hosts.iter().flat_map(HostPlan::steps);
            steps.filter(|step| step.verb == verb && !step.bridge).count()
        };
        (count(Verb::Add), count(Verb::Change), count(Verb::Remove))
    }

    /// Reads a saved plan and makes sure that it is whole and this piton's.
    pub fn read(text: &str, version: &str) -> Result<Plan, PlanError> {
        let value: serde_json::Value =
            serde_json::from_str(text).map_err(|error| PlanError::Unreadable(error.to_string()))?;
        match value.get("schema").and_then(|schema| schema.as_str()) {
            Some(SCHEMA) => {}
            Some(other) => return Err(PlanError::Schema(other.to_owned())),
            None => return Err(PlanError::Unreadable("it has no `schema`".into())),
        }
        let plan: Plan = serde_json::from_value(value).map_err(|error| PlanError::Unreadable(error.to_string()))?;
        let computed = plan.computed_id();
        if plan.id != computed {
            return Err(PlanError::Altered { found: plan.id, computed });
        }
        if plan.version != version {
            return Err(PlanError::Version { made: plan.version, this: version.to_owned() });
        }
        Ok(plan)
    }
}
