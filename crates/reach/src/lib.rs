//! Who can open which port, from where, and because of which line.
//!
//! This room is pure: no clock, no network, no process, no file. A host's network is a value
//! ([`State`]), read by the `host` room or foretold from a plan ([`prove`]); a [`Question`] about
//! it has an [`Answer`]: open, closed or unknown, with the lines that decide. What is not modelled
//! is never guessed: where it could matter, the answer is unknown. `docs/reach.md` lists it.
//!
//! The way of a packet is in [`journey`](Model), rules of iptables and nftables alike in
//! [`filter`], who may log in in [`login`], what a step changes in `predict`.

pub mod access;
pub mod answer;
mod assumed;
pub mod filter;
mod journey;
pub mod login;
pub mod map;
mod packet;
mod predict;
pub mod prove;
mod proven;
mod routing;
pub mod sources;
pub mod state;
pub mod ufw;

pub use answer::{Answer, Because, Question, Source, Verdict};
pub use filter::Filter;
pub use journey::Model;
pub use packet::Protocol;
pub use prove::{Proof, Refusal, Way, prove};
pub use proven::{Proven, Shown};
pub use state::State;
