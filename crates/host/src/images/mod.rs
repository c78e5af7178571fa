//! Images that come along with a change: for hosts that reach no registry, and for those that no registry has.
//!
//! At the operator's they lie in archives as `docker save` writes them ([`archive`]). Of what a host lacks, a bundle is
//! made ([`bundle`]): every image with the layers that its engine does not have, each once. It travels in pieces over
//! the session that the change is made over, and is laid down on the host ([`laid`]) before anything is changed; a stack
//! that wants one of them has the engine load it, when the engine may only just have been installed.
//!
//! What is not sent comes from a registry, which [`registry`] asks what a name leads to.

mod archive;
mod bundle;
pub(crate) mod laid;
pub(crate) mod registry;
mod tar;

pub use archive::{ArchiveError, Archives};
pub use bundle::Bundle;

/// How much is sent before the host is asked whether it still keeps up.
pub(crate) const PIECE: usize = 4 << 20;
