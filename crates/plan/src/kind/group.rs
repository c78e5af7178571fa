//! A Unix group.

use super::Kind;
use crate::{Difference, Effect, Verb};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    pub name: String,
    /// None: whatever the host picks.
    pub gid: Option<u32>,
    pub system: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    pub gid: Option<u32>,
}

impl Kind for Group {
    type Observed = Observed;
    const NAME: &'static str = "group";

    fn name(&self) -> String {
        self.name.clone()
    }

    fn differences(&self, seen: &Observed) -> Vec<Difference> {
        match (seen.gid, self.gid) {
            (None, gid) => vec![Difference::add("gid", gid.map_or("next free".into(), |gid| gid.to_string()))],
            (Some(seen), Some(gid)) => Difference::between("gid", &seen, &gid).into_iter().collect(),
            (Some(_), None) => Vec::new(),
        }
    }

    fn is_absent(&self, seen: &Observed) -> bool {
        seen.gid.is_none()
    }

    fn settled(&self, seen: &Observed) -> Observed {
        Observed { gid: self.gid.or(seen.gid).or(Some(1000)) }
    }

    fn effect(&self, verb: Verb, _seen: &Observed) -> Effect {
        Effect { guarded: verb != Verb::Add, narrows: verb == Verb::Remove, ..Effect::default() }
    }
}
