//! What the records of a change come to: how far it is, what of it to undo, and what to tell of it.

use super::{Change, Record};
use crate::guard::probes::Probes;
use crate::ledger::Ledger;
use crate::saved::{Saved, Settle};
use crate::system::Fault;
use crate::wire::{Entry, EntryStep, Nonce, Outcome, StepState};
use piton_plan::HostPlan;

impl Change {
    /// A change that is about to begin.
    pub fn new(
        (operator, reason): (String, String),
        plan_id: String,
        plan: HostPlan,
        before: Ledger,
        guarded: bool,
    ) -> Result<Change, Fault> {
        let generation = before.generation + 1;
        let nonce = Nonce::new()?;
        let records = Vec::new();
        Ok(Change {
            plan_id,
            operator,
            reason,
            generation,
            plan,
            before,
            goes_back: None,
            nonce,
            guarded,
            command: None,
            records,
        })
    }

    /// The ledger after what this change has done so far. A way back that did not come to its end
    /// owns what was owned before it.
    pub fn after(&self) -> Ledger {
        match self.goes_back {
            None => self.before.clone().fold(self),
            Some(_) => Ledger { generation: self.generation, ..self.before.clone() },
        }
    }

    pub fn outcome(&self) -> Outcome {
        let ended = self.records.iter().rev().find_map(|record| match record {
            Record::Ended { outcome, .. } => Some(*outcome),
            _ => None,
        });
        ended.unwrap_or(Outcome::Open)
    }

    /// The connections over which it was carried on so far.
    pub fn connections(&self) -> impl Iterator<Item = &str> {
        self.records.iter().filter_map(|record| match record {
            Record::Began { connection, .. } => Some(connection.as_str()),
            _ => None,
        })
    }

    /// What answered before the change.
    pub fn probed(&self) -> Option<&Probes> {
        self.records.iter().find_map(|record| match record {
            Record::Probed { before } => Some(before),
            _ => None,
        })
    }

    pub fn state_of(&self, step: usize) -> StepState {
        let mut state = StepState::Untouched;
        for record in &self.records {
            match record {
                Record::Saved { step: at, .. } if *at == step => state = StepState::Begun,
                Record::Done { step: at } if *at == step => state = StepState::Done,
                Record::Undone { step: at } if *at == step => state = StepState::Undone,
                _ => {}
            }
        }
        state
    }

    /// The state that was written down before a step.
    pub fn saved(&self, step: usize) -> Option<&[Saved]> {
        self.records.iter().find_map(|record| match record {
            Record::Saved { step: at, saved, .. } if *at == step => Some(saved.as_slice()),
            _ => None,
        })
    }

    /// The steps that have to be put back, newest first, with what to put back.
    pub fn to_undo(&self) -> Vec<(usize, Vec<Saved>, Vec<Settle>)> {
        let saved = self.records.iter().rev().filter_map(|record| match record {
            Record::Saved { step, saved, settle } => Some((*step, saved.clone(), settle.clone())),
            _ => None,
        });
        saved.filter(|(step, ..)| self.state_of(*step) != StepState::Undone).collect()
    }

    pub fn entry(&self) -> Entry {
        let began = self.records.iter().find_map(|record| match record {
            Record::Began { at, .. } => Some(*at),
            _ => None,
        });
        let because = self.records.iter().rev().find_map(|record| match record {
            Record::Reverting { because, .. } => Some(because.to_string()),
            _ => None,
        });
        let steps = self.plan.steps().enumerate().map(|(index, step)| EntryStep {
            key: step.resource.key(),
            verb: step.verb,
            state: self.state_of(index),
        });
        Entry {
            generation: self.generation,
            plan_id: self.plan_id.clone(),
            operator: self.operator.clone(),
            reason: self.reason.clone(),
            began: began.unwrap_or(0),
            outcome: self.outcome(),
            goes_back: self.goes_back,
            guarded: self.guarded,
            command: self.command.is_some(),
            because,
            steps: steps.collect(),
        }
    }
}
