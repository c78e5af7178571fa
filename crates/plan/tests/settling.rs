//! What was applied stays applied, what drifted is named and mended, what leaves is given back.
#![allow(clippy::expect_used, reason = "tests, also outside of their #[test] functions")]

mod sample;

use piton_plan::fake::FakeHost;
use piton_plan::{HostPlan, Observed, Resource, Verb, Wanted};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use sample::random::{host_before, wishes};
use sample::{drifts, every_kind, facts, plan, wanted};
use std::collections::BTreeSet;

fn apply(wanted: &Wanted, host: &mut FakeHost) {
    let plan = plan(wanted, host);
    plan.hosts.iter().for_each(|part| host.apply(part));
}

fn seen(host: &FakeHost, resources: &[Resource]) -> Vec<Observed> {
    let keys: BTreeSet<_> = resources.iter().map(Resource::key).collect();
    let observed = host.look(resources).observed.into_iter();
    observed.filter(|(key, _)| keys.contains(key)).map(|(_, seen)| seen).collect()
}

fn key_names(part: &HostPlan) -> BTreeSet<String> {
    part.steps().map(|step| step.resource.key().to_string()).collect()
}

#[test]
fn the_samples_are_of_every_kind() {
    let kinds: BTreeSet<String> = every_kind().iter().map(|resource| resource.key().kind).collect();
    // The compiler makes `drifts` name every kind; here each is called, and none twice.
    assert_eq!(kinds.len(), every_kind().len());
    assert!(every_kind().iter().all(|resource| !drifts(resource).is_empty()));
}

#[test]
fn every_drift_is_named_and_mended() {
    let all = wanted(every_kind());
    for resource in every_kind() {
        for (what, drift) in drifts(&resource) {
            let mut host = FakeHost::empty(facts());
            apply(&all, &mut host);
            host.drift(resource.key(), drift);
            let found = plan(&all, &host);
            let named = found.hosts.iter().flat_map(key_names).collect::<Vec<_>>();
            assert_eq!(named, [resource.key().to_string()], "{} {what}", resource.key());
            apply(&all, &mut host);
            assert!(plan(&all, &host).is_empty(), "{} {what} is not mended", resource.key());
        }
    }
}

#[test]
fn an_empty_host_gets_everything_and_gives_everything_back() {
    let all = wanted(every_kind());
    let mut host = FakeHost::empty(facts());
    apply(&all, &mut host);
    assert!(plan(&all, &host).is_empty());
    let nothing = plan(&wanted(Vec::new()), &host);
    assert_eq!(nothing.counts(), (0, 0, every_kind().len()));
    apply(&wanted(Vec::new()), &mut host);
    assert_eq!(seen(&host, &every_kind()), seen(&FakeHost::empty(facts()), &every_kind()));
}

#[test]
fn what_leaves_the_site_and_is_gone_already_is_only_forgotten() {
    let all = wanted(every_kind());
    let mut host = FakeHost::empty(facts());
    apply(&all, &mut host);
    for resource in every_kind() {
        host.drift(resource.key(), resource.nothing());
    }
    let found = plan(&wanted(Vec::new()), &host);
    assert_eq!(found.counts(), (0, 0, 0));
    assert_eq!(found.hosts.iter().map(|part| part.forget.len()).sum::<usize>(), every_kind().len());
    apply(&wanted(Vec::new()), &mut host);
    assert!(plan(&wanted(Vec::new()), &host).is_empty());
}

proptest! {
    #[test]
    fn the_plan_after_an_apply_is_empty(
        wanted in wishes(),
        before in vec(any::<Index>(), 12),
    ) {
        let mut host = host_before(&wanted, &before);
        apply(&wanted, &mut host);
        let again = plan(&wanted, &host);
        prop_assert!(again.is_empty(), "{again:#?}");
    }

    #[test]
    fn from_any_wish_to_any_other_and_settled(
        first in wishes(),
        second in wishes(),
        before in vec(any::<Index>(), 12),
    ) {
        let mut host = host_before(&first, &before);
        apply(&first, &mut host);
        apply(&second, &mut host);
        prop_assert!(plan(&second, &host).is_empty());
    }

    #[test]
    fn what_leaves_the_site_leaves_the_host_as_it_was(
        wanted in wishes(),
        before in vec(any::<Index>(), 12),
        leaves in vec(any::<bool>(), 12),
    ) {
        let mut host = host_before(&wanted, &before);
        let untouched = host.clone();
        apply(&wanted, &mut host);
        let paired = || wanted.resources.iter().zip(&leaves);
        let gone: Vec<Resource> = paired().filter(|(_, leaves)| **leaves).map(|(it, _)| it.clone()).collect();
        let kept: Vec<Resource> = paired().filter(|(_, leaves)| !**leaves).map(|(it, _)| it.clone()).collect();
        apply(&sample::wanted(kept.clone()), &mut host);
        prop_assert_eq!(seen(&host, &gone), seen(&untouched, &gone));
        prop_assert!(plan(&sample::wanted(kept), &host).is_empty());
    }

    #[test]
    fn what_piton_never_made_is_never_removed(
        wanted in wishes(),
        before in vec(any::<Index>(), 12),
    ) {
        let host = host_before(&wanted, &before);
        let found = plan(&sample::wanted(Vec::new()), &host);
        prop_assert!(found.is_empty());
    }

    #[test]
    fn the_same_wish_and_host_give_the_same_plan(
        wanted in wishes(),
        before in vec(any::<Index>(), 12),
    ) {
        let host = host_before(&wanted, &before);
        let mut shuffled = wanted.clone();
        shuffled.resources.reverse();
        prop_assert_eq!(&plan(&wanted, &host).hosts[..], &plan(&shuffled, &host).hosts[..]);
    }

    #[test]
    fn a_step_says_what_it_changes(
        wanted in wishes(),
        before in vec(any::<Index>(), 12),
    ) {
        let host = host_before(&wanted, &before);
        for part in plan(&wanted, &host).hosts {
            for step in part.steps() {
                prop_assert!(step.verb != Verb::Remove && !step.differences.is_empty(), "{step:?}");
            }
        }
    }
}
