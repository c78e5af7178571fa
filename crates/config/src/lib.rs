//! The site file: read with positions, layered, resolved, every mistake reported with its line;
//! and in [`read`] any other config file as one tree that knows its bytes.
//!
//! Text goes in, a [`Site`] or a list of [`Problem`]s comes out. This room is pure: it opens no
//! file and asks nobody; what the site refers to (public keys, file contents) is listed by
//! [`references`] and handed in as [`Sources`].
//!
//! [`form`] reads the file of a service in the same way. `site.rs` is what the rest of piton sees. `keys/` is the one list of every key there is: reading,
//! the JSON schema, "did you mean" and the reference page all come from it. A text goes through
//! `tree.rs` (TOML with places), `shape.rs` (against the list), `layers.rs` and `resolve/`.

mod check_settings;
mod digest;
mod examples;
mod explain;
pub mod form;
mod keys;
mod kind;
mod lab;
mod layers;
mod near;
mod problem;
mod profile;
mod public_key;
pub mod read;
mod reference;
mod render;
mod resolve;
mod rule;
mod schema;
mod shape;
mod site;
mod sources;
mod tree;

pub use check_settings::{CheckSettings, SettingsFile, check_settings};
pub use digest::digest_input;
pub use examples::{Example, examples};
pub use explain::{Explained, explain};
pub use lab::{LabOverlay, Lacking, for_lab};
pub use near::nearest;
pub use problem::{Label, Level, Problem, Span};
pub use reference::reference;
pub use render::{Line, Piece, Style};
pub use resolve::resolve;
pub use schema::{schema, settings_schema};
pub use site::*;
pub use sources::{Reference, ServiceFolders, Sources, references, written_name};
