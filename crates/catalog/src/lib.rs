//! A site turned into wanted resources, host by host.
//!
//! The site says `[fail2ban] maxretry = 5`; a host wants a file, a running unit and a package.
//! This room knows how one becomes the other, and where distributions differ. It is pure, decides
//! no order (that is [`piton_plan::order`]) and compares nothing with a host.
//!
//! What services come to are [`stacks`]; `services/` knows how.
//!
//! `blueprint.rs` has the one list of sections; each section is a file of its own.

mod access;
mod blueprint;
mod claims;
mod context;
mod distribution;
mod docker;
mod extras;
mod fail2ban;
mod filter;
mod mesh;
mod packages;
mod problem;
mod render;
mod services;
mod ssh;
mod sysctl;
mod time_zone;
mod updates;

pub use blueprint::{blueprint, stacks};
pub use context::Known;
pub use problem::CatalogProblem;
pub use render::{render, render_by_section, render_resource, render_stacks};
pub use services::{
    Choice, Named, NeededSecret, Page, PlacedPort, SecretWord, ServiceEntry, entries, explain_services, ports,
    secret_needs, service_texts,
};
