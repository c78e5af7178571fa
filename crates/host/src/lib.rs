//! All that touches a machine.
//!
//! Two halves live here. The host's: a [`system::System`], what each [`kind`] of resource does to
//! it, and how a change is taken back ([`saved`]). The operator's: reaching the other half over
//! ssh. What puts a host back when nobody confirms is the [`guard`]. Deciding what to change is not this room's work; see `piton-plan`.

pub mod docker;
pub mod fleet;
pub mod guard;
pub mod half;
pub mod images;
mod journal;
pub mod kind;
mod ledger;
pub mod lock;
pub mod netlink;
pub mod network;
pub mod network_state;
mod own;
pub mod saved;
pub mod session;
mod session_of;
pub mod system;
pub mod transport;
mod undo;
pub mod wire;
