//! A directory with its owner and mode; what is in it is not this resource's.

use super::Kind;
use crate::{Difference, Mode};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Directory {
    pub path: String,
    pub owner: String,
    pub group: String,
    pub mode: Mode,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    pub state: Option<State>,
    /// Something else stands there: `file`, `link`.
    pub other: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub owner: String,
    pub group: String,
    pub mode: Mode,
}

impl Kind for Directory {
    type Observed = Observed;
    const NAME: &'static str = "directory";

    fn name(&self) -> String {
        self.path.clone()
    }

    fn differences(&self, seen: &Observed) -> Vec<Difference> {
        let wanted = format!("{} {}:{}", self.mode, self.owner, self.group);
        match (&seen.state, &seen.other) {
            (_, Some(other)) => vec![Difference::change("type", other, "directory")],
            (None, None) => vec![Difference::add("directory", wanted)],
            (Some(state), None) => {
                let is = format!("{} {}:{}", state.mode, state.owner, state.group);
                Difference::between("directory", &is, &wanted).into_iter().collect()
            }
        }
    }

    fn is_absent(&self, seen: &Observed) -> bool {
        seen.state.is_none() && seen.other.is_none()
    }

    fn settled(&self, _seen: &Observed) -> Observed {
        let state = State { owner: self.owner.clone(), group: self.group.clone(), mode: self.mode };
        Observed { state: Some(state), other: None }
    }
}
