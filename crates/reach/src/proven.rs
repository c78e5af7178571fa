//! A plan that may be applied: every host of it was shown to keep a way in, or somebody said "anyway".
//!
//! It is a type so that a plan which was refused, or never looked at, cannot be applied by mistake:
//! carrying out takes nothing else.

use crate::prove::{Proof, Refusal};
use piton_plan::Plan;

/// What was found for one host.
pub type Shown = Result<Proof, Refusal>;

#[derive(Clone, Debug)]
pub struct Proven<'a> {
    plan: &'a Plan,
    anyway: bool,
}

impl<'a> Proven<'a> {
    /// A plan all of whose hosts with something to do have a proof; else what stands against it.
    pub fn of(plan: &'a Plan, shown: &[Shown]) -> Result<Proven<'a>, Vec<Refusal>> {
        let mut refusals: Vec<Refusal> = shown.iter().filter_map(|shown| shown.clone().err()).collect();
        for host in plan.hosts.iter().filter(|host| !host.stages.is_empty()) {
            let is_shown = shown.iter().any(|shown| match shown {
                Ok(proof) => proof.is_of(host),
                Err(refusal) => refusal.host == host.host,
            });
            if !is_shown {
                refusals.push(Refusal::never_shown(host));
            }
        }
        match refusals.is_empty() {
            true => Ok(Proven { plan, anyway: false }),
            false => Err(refusals),
        }
    }

    /// A plan that somebody wants applied whatever the proof says; the guard is what is left.
    pub fn anyway(plan: &'a Plan) -> Proven<'a> {
        Proven { plan, anyway: true }
    }

    pub fn plan(&self) -> &'a Plan {
        self.plan
    }

    pub fn is_anyway(&self) -> bool {
        self.anyway
    }
}
