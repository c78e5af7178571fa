//! Kinds of resources, and how to get from what is there to what is wanted.
//!
//! This room is pure: no clock, no network, no process, no file. It says what a resource
//! is ([`kind`]), what a host looked like ([`Facts`], [`Observed`]), and computes the exact
//! difference as a value ([`Plan`]) that can be saved, shown, hashed and carried out
//! elsewhere. Order is decided here and nowhere else ([`order`]).
//!
//! What services come to is a [`stack`].
//!
//! The effects of every kind live in the `host` room, one file of the same name each.

pub mod digest;
pub mod facts;
pub mod fake;
pub mod file;
pub mod kind;
pub mod lint;
mod make;
pub mod order;
mod plan;
mod resource;
pub mod stack;
mod step;
mod subsystem;
pub mod ways_in;

pub use digest::{Digest, Digesting};
pub use facts::{Arch, Connection, Facts, Os};
pub use file::{Difference, FileSpec, FileState, Mode};
pub use make::{HostView, Wanted, make};
pub use plan::{Aim, HostPlan, Login, Plan, PlanError, SCHEMA, Unreachable, Wait};
pub use resource::{Key, Observed, Owned, Resource};
pub use step::{Effect, Expect, Stage, StageName, Step, Verb};
