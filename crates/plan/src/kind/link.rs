//! A symbolic link.

use super::Kind;
use crate::{Difference, Effect, Verb, ways_in};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    pub path: String,
    pub target: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    pub target: Option<String>,
    /// Something else stands there: `file`, `directory`.
    pub other: Option<String>,
}

impl Kind for Link {
    type Observed = Observed;
    const NAME: &'static str = "link";

    fn name(&self) -> String {
        self.path.clone()
    }

    fn differences(&self, seen: &Observed) -> Vec<Difference> {
        match (&seen.target, &seen.other) {
            (_, Some(other)) => vec![Difference::change("type", other, "link")],
            (None, None) => vec![Difference::add("target", &self.target)],
            (Some(target), None) => Difference::between("target", target, &self.target).into_iter().collect(),
        }
    }

    fn is_absent(&self, seen: &Observed) -> bool {
        seen.target.is_none() && seen.other.is_none()
    }

    fn settled(&self, _seen: &Observed) -> Observed {
        Observed { target: Some(self.target.clone()), other: None }
    }

    fn effect(&self, _verb: Verb, _seen: &Observed) -> Effect {
        let reach = ways_in::decides(&self.path);
        Effect { guarded: reach, narrows: reach, ..Effect::default() }
    }
}
