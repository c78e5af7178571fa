//! piton on real booted hosts, used as a person uses it: the built program, a site folder, and
//! questions put to the programs on the hosts themselves.
//!
//! Needs root and the lab's packages. `PITON_TEST_WITHOUT_LAB=1` skips all of it and says so.

mod drift;
mod facts;
mod interrupted;
mod rehearsal;
mod troubles;
