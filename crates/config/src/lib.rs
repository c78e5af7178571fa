//! The site file: read with positions, layered, resolved, every mistake reported with its line.
//!
//! Text goes in, a [`Site`] or a list of [`Problem`]s comes out. This room is pure: it opens no
//! file and asks nobody; what the site refers to (public keys, file contents) is listed by
//! [`references`] and handed in as [`Sources`].
//!
//! `site.rs` is what the rest of piton sees. `keys.rs` is the one list of every key there is:
//! reading, the JSON schema, "did you mean" and the reference page all come from it.

mod problem;
mod site;

pub use problem::{Label, Problem, Span};
pub use site::*;
