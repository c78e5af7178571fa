//! What a host says of one change in its history.

use piton_plan::{Key, Verb};
use serde::{Deserialize, Serialize};

/// One change in a host's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub generation: u64,
    pub plan_id: String,
    pub operator: String,
    pub reason: String,
    /// Seconds since the epoch, by the host's clock.
    pub began: u64,
    pub outcome: Outcome,
    /// The generation of the change that this one put back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goes_back: Option<u64>,
    /// False: somebody typed `--no-guard`.
    pub guarded: bool,
    /// A command that somebody guarded; only it knows what it did, so nobody can put it back later.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub command: bool,
    /// Why it was put back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    pub steps: Vec<EntryStep>,
}

impl Entry {
    /// The steps as the plan counted them: a bridge is the first half of a later step, and part of it.
    pub fn whole_steps(&self) -> Vec<EntryStep> {
        let mut whole: Vec<EntryStep> = Vec::new();
        for step in &self.steps {
            match whole.iter_mut().find(|earlier| earlier.key == step.key) {
                Some(earlier) => {
                    earlier.verb = step.verb;
                    earlier.state = earlier.state.followed_by(step.state);
                }
                None => whole.push(step.clone()),
            }
        }
        whole
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntryStep {
    pub key: Key,
    pub verb: Verb,
    pub state: StepState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Never begun.
    Untouched,
    /// Begun, and not known to have ended.
    Begun,
    Done,
    Undone,
}

impl StepState {
    /// What two halves of a step are together.
    fn followed_by(self, second: StepState) -> StepState {
        match (self, second) {
            (StepState::Done, StepState::Untouched) => StepState::Begun,
            (first, StepState::Untouched) => first,
            (_, second) => second,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Confirmed over a new connection, or in no need of it.
    Kept,
    /// Put back because a step failed or the new way in did not work.
    Undone,
    /// Put back later, by a person.
    RolledBack,
    /// Still open: under way, or waiting to be confirmed.
    Open,
    /// The host half ended without a word.
    Interrupted,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bridge_and_its_step_are_one_step() {
        let step =
            |name: &str, verb, state| EntryStep { key: Key { kind: "file".into(), name: name.into() }, verb, state };
        let mut entry = Entry {
            generation: 1,
            plan_id: "7c1e".into(),
            operator: "ada@desk".into(),
            reason: "piton apply".into(),
            began: 0,
            outcome: Outcome::Interrupted,
            goes_back: None,
            guarded: true,
            command: false,
            because: None,
            steps: vec![
                step("a", Verb::Change, StepState::Done),
                step("b", Verb::Add, StepState::Done),
                step("a", Verb::Change, StepState::Untouched),
            ],
        };
        let states = |entry: &Entry| entry.whole_steps().iter().map(|step| step.state).collect::<Vec<_>>();
        assert_eq!(states(&entry), [StepState::Begun, StepState::Done], "half of it was done");
        entry.steps[2].state = StepState::Done;
        assert_eq!(states(&entry), [StepState::Done, StepState::Done]);
        entry.steps[0].state = StepState::Undone;
        entry.steps[2].state = StepState::Untouched;
        assert_eq!(states(&entry), [StepState::Undone, StepState::Done]);
    }
}
