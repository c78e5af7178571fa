//! A plan done to a state, for whoever wants to see what it comes to and has nobody to keep a way in for.

use super::{Cause, Refusal, opened};
use crate::predict;
use crate::state::State;
use piton_plan::HostPlan;

/// A state that is not yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Foretold {
    pub state: State,
    /// What could not be foretold, in words that follow "cannot foretell".
    pub guesses: Vec<String>,
    /// What becomes open to the world and should not: a proof stops at the first.
    pub refusals: Vec<Refusal>,
}

/// The state after all of a plan's steps, as far as it can be foretold.
pub fn foretell(state: &State, plan: &HostPlan) -> State {
    let mut state = state.clone();
    plan.steps().for_each(|step| _ = predict::step(&mut state, step));
    state
}

/// The state after all of a plan's steps, and what of it is not sure or would be refused.
pub fn foretell_all(state: &State, plan: &HostPlan) -> Foretold {
    let mut after = state.clone();
    let guesses = plan.steps().flat_map(|step| predict::step(&mut after, step)).collect();
    let opened = opened::opened(state, &after, plan).into_iter();
    let undeclared = opened.filter(|opened| opened.is_to_the_world() && !opened.declared);
    let refusal = |opened| Refusal { host: plan.host.clone(), cause: Box::new(Cause::Opens(opened)) };
    Foretold { state: after, guesses, refusals: undeclared.map(refusal).collect() }
}
