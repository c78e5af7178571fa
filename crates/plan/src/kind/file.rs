//! A file with its content, owner and mode, and what to do when it changed.

use super::Kind;
use crate::{Difference, Effect, FileSpec, FileState, Verb, ways_in};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct File {
    #[serde(flatten)]
    pub file: FileSpec,
    /// Units to reload (or restart, if they cannot) after the file changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reloads: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    pub state: Option<FileState>,
    /// Something else stands there: `directory`, `link`.
    pub other: Option<String>,
}

impl Kind for File {
    type Observed = Observed;
    const NAME: &'static str = "file";

    fn name(&self) -> String {
        self.file.path.clone()
    }

    fn differences(&self, seen: &Observed) -> Vec<Difference> {
        match &seen.other {
            Some(other) => vec![Difference::change("type", other, "file")],
            None => self.file.differences(seen.state.as_ref()),
        }
    }

    fn is_absent(&self, seen: &Observed) -> bool {
        seen.state.is_none() && seen.other.is_none()
    }

    fn settled(&self, _seen: &Observed) -> Observed {
        Observed { state: Some(self.file.state()), other: None }
    }

    fn effect(&self, _verb: Verb, _seen: &Observed) -> Effect {
        let path = self.file.path.as_str();
        let reach = ways_in::decides(path) || ways_in::made_at_boot(path, &self.file.content).is_some();
        Effect { guarded: reach, narrows: reach, restarts: self.reloads.clone(), ..Effect::default() }
    }
}
