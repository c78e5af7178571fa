//! piton on real booted hosts, used as a person uses it: the built program, a site folder, and
//! questions put to the programs on the hosts themselves.
//!
//! Needs root and the lab's packages. `PITON_TEST_WITHOUT_LAB=1` skips all of it and says so.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "tests, also outside of their #[test] functions"
)]

mod broken;
mod canaries;
mod drift;
mod examples;
mod facts;
mod interrupted;
mod net;
mod pins;
mod ports;
mod rehearsal;
mod renamed;
mod stacks;
mod troubles;
