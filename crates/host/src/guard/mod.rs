//! What puts a host back when a change is not confirmed.
//!
//! Armed before the first write of a change, and made of what outlives the session that makes it:
//! a process in a systemd unit of its own ([`watch`]), and the same unit enabled for the next boot
//! ([`units`]). The process waits for one of two things. The kernel gives it the change's lock: then
//! nobody is left who could go on with the change. Or the [`deadline`] passes: then whoever holds
//! the lock is ended. Either way an open change is put back, by the same [`crate::undo`] as ever.
//!
//! Confirming is not here: a change is confirmed in the journal, and the guard reads that.

mod armed;
pub(crate) mod deadline;
mod early;
mod holders;
mod leave;
pub(crate) mod login_shell;
mod notify;
pub(crate) mod probes;
mod units;
mod watch;

pub(crate) use armed::disarm;
pub use early::put_files_back;
pub use leave::Leave;
pub(crate) use leave::rearm;
pub use units::files;
pub use watch::watch;
