//! How long the proof over the two-server example takes: `cargo bench -p piton-reach`.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, reason = "a measurement")]

#[path = "../tests/stand/mod.rs"]
mod stand;

use piton_reach::prove;
use stand::{fresh, two_vps, way_of};
use std::time::Instant;

fn main() {
    let state = fresh();
    let plans = ["openclaw", "observe"].map(two_vps);
    let mut took = Vec::new();
    for _ in 0..50 {
        let began = Instant::now();
        for plan in &plans {
            assert!(prove(&state, plan, &way_of(&state)).unwrap().proved);
        }
        took.push(began.elapsed());
    }
    took.sort();
    let steps: usize = plans.iter().map(|plan| plan.steps().count()).sum();
    println!("{steps} steps of 2 hosts: median {:?}, slowest {:?}", took[took.len() / 2], took[took.len() - 1]);
}
