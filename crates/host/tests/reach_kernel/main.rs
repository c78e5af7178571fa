//! The reach model held to the kernel.
//!
//! Random rule sets of iptables (both ways into the kernel) and nftables are loaded into a network
//! of namespaces made for the test; for every question the model's verdict is compared with what
//! becomes of a real connection. `PITON_REACH_RULE_SETS=N` asks for more than the usual number,
//! `PITON_REACH_SEED=N` begins elsewhere. Needs root and the programs; says so where it has not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test, also outside of its #[test]"
)]

mod dice;
mod iptables;
mod network;
mod nftables;
mod probe;

use dice::Dice;
use network::{Missing, Network, Place};
use piton_host::network::{About, read};
use piton_host::system::System;
use piton_reach::{Model, Question, Source, Verdict};
use probe::{Probe, Seen, Servers};
use std::collections::BTreeMap;

/// Rule sets in an ordinary run; each is asked [`QUESTIONS`] questions.
const RULE_SETS: u64 = 60;
const QUESTIONS: usize = 80;

fn from_environment(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(usual)
}

#[test]
fn the_model_and_the_kernel_agree_on_every_generated_case() {
    let network = match Network::make() {
        Ok(network) => network,
        Err(Missing(what)) => return eprintln!("SKIPPED, reach is not held to the kernel here: {what}"),
    };
    let servers = Servers::listen(&network);
    let first = from_environment("PITON_REACH_SEED", 1);
    let mut tally: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for seed in first..first + from_environment("PITON_REACH_RULE_SETS", RULE_SETS) {
        let mut dice = Dice::of(seed);
        let rules = network.load(&mut dice);
        let probes: Vec<Probe> = (0..QUESTIONS).map(|_| Probe::any(&mut dice)).collect();
        let state = network.within(Place::Host, || read(&System::host(), &About::default()).expect("the state"));
        assert_eq!(state.unread, Vec::<String>::new(), "seed {seed}\n{rules}");
        let model = Model::new(&state);
        let seen = probe::try_all(&network, &servers, &probes);
        for (probe, seen) in probes.iter().zip(seen) {
            let question = question(probe);
            let answer = model.ask(&question);
            let word = match (answer.verdict, seen) {
                (Verdict::Unknown, _) => "unknown",
                (Verdict::Open, Seen::Open) => "open",
                (Verdict::Closed, Seen::Refused | Seen::Silent) => "closed",
                _ => "wrong",
            };
            *tally.entry(word).or_default() += 1;
            if word == "wrong" {
                let because: Vec<String> = answer.because.iter().map(|line| format!("    {line}")).collect();
                wrong.push(format!(
                    "seed {seed}: {question:?}\n  the kernel: {seen:?}, the model: {}\n{}\n{rules}",
                    answer.verdict,
                    because.join("\n")
                ));
            }
        }
    }
    let cases: usize = tally.values().sum();
    let unknown = tally.get("unknown").copied().unwrap_or_default();
    let share = 100.0 * unknown as f64 / cases as f64;
    eprintln!("{cases} cases: {tally:?}; unknown {share:.2} %");
    wrong.iter().skip(1).for_each(|case: &String| eprintln!("{}", case.lines().take(8).collect::<Vec<_>>().join("\n")));
    assert!(wrong.is_empty(), "{} wrong, the first of them:\n{}", wrong.len(), wrong[0]);
    assert!(share < 2.0, "too much is unknown: {share:.2} %");
    // A test of nothing but closed ports would show nothing.
    assert!(tally.get("open").copied().unwrap_or_default() * 5 > cases, "{tally:?}");
    assert!(tally.get("closed").copied().unwrap_or_default() * 5 > cases, "{tally:?}");
}

fn question(probe: &Probe) -> Question {
    let source = match (probe.from, probe.source) {
        (Place::Host, _) | (_, None) => Source::Itself,
        (place, Some(address)) => Source::Outside { address, interface: Some(place.enters_by().to_owned()) },
    };
    Question {
        source,
        destination: probe.destination,
        protocol: probe.protocol,
        port: probe.port,
        source_port: Some(probe.source_port),
    }
}
