//! A host that is only a value: for rehearsing plans where there is no machine, and for tests.
//!
//! It believes every kind's [`crate::kind::Kind::settled`]; that real hosts behave so is what the
//! lab's tests hold.

use crate::{Facts, HostPlan, HostView, Key, Observed, Owned, Resource, Verb};
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
pub struct FakeHost {
    pub facts: Facts,
    pub generation: u64,
    owned: BTreeMap<Key, Owned>,
    state: BTreeMap<Key, Observed>,
    original: BTreeMap<Key, Observed>,
}

impl FakeHost {
    /// A host with nothing on it.
    pub fn empty(facts: Facts) -> FakeHost {
        let nothing = BTreeMap::new();
        FakeHost { facts, generation: 0, owned: BTreeMap::new(), state: nothing.clone(), original: nothing }
    }

    /// Answers as a real host does: every wanted and every owned resource.
    pub fn look(&self, wanted: &[Resource]) -> HostView {
        let owned = self.owned.values().map(|owned| &owned.resource);
        let mut observed: BTreeMap<Key, Observed> = BTreeMap::new();
        for resource in wanted.iter().chain(owned) {
            observed.insert(resource.key(), self.observe(resource));
        }
        HostView {
            facts: self.facts.clone(),
            generation: self.generation,
            owned: self.owned.values().cloned().collect(),
            observed: observed.into_iter().collect(),
        }
    }

    /// Changes what is there behind piton's back.
    pub fn drift(&mut self, key: Key, seen: Observed) {
        self.state.insert(key, seen);
    }

    pub fn apply(&mut self, plan: &HostPlan) {
        self.generation = plan.parent + 1;
        for step in plan.steps() {
            let key = step.resource.key();
            let before = self.observe(&step.resource);
            match step.verb {
                Verb::Add | Verb::Change => {
                    let replaced = !step.resource.is_absent(&before);
                    self.original.entry(key.clone()).or_insert_with(|| before.clone());
                    self.state.insert(key.clone(), step.resource.settled(&before));
                    let since = self.generation;
                    let owned = self.owned.entry(key).or_insert_with(|| Owned {
                        resource: step.resource.clone(),
                        since,
                        replaced,
                    });
                    owned.resource = step.resource.clone();
                }
                Verb::Remove => {
                    self.owned.remove(&key);
                    match self.original.remove(&key) {
                        Some(original) => self.state.insert(key, original),
                        None => self.state.remove(&key),
                    };
                }
            }
        }
        for key in &plan.forget {
            self.owned.remove(key);
            self.original.remove(key);
        }
    }

    fn observe(&self, resource: &Resource) -> Observed {
        self.state.get(&resource.key()).cloned().unwrap_or_else(|| resource.nothing())
    }
}
