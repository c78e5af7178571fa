//! The rules: what is known to break, found in files before it breaks.
//!
//! Files come in as read [`Document`](piton_config::read::Document)s, [`Finding`]s go out. A rule sees
//! a whole [`Project`]: a service with its image, its mounted files, its variables. This room is
//! pure: it opens no file and starts no thread, so whoever calls it may run it on many.
//!
//! `rules/` has one file a rule and the one list; `rule.rs` says what a rule is; `compose/` is what a
//! service is after overrides and variables, `caddyfile.rs` what a site is after its imports, `filter.rs` what a
//! packet filter lets in; `data/` holds what changes with versions, a file a program, with the date it was looked up.

mod absence;
mod address;
pub mod baseline;
mod caddyfile;
mod command;
mod compose;
mod examples;
mod filter;
mod finding;
mod fix;
mod fold;
mod image;
mod mask;
mod meant;
mod page;
mod password;
mod program;
mod project;
mod purpose;
mod rule;
mod rules;
mod shared;
mod suppress;

pub use command::{Command, commands, may_hold_commands};
pub use examples::{Example, examples};
pub use finding::{Edit, Finding, Fix, Related, Safety, Severity};
pub use fix::{Fixed, apply};
pub use fold::fold;
pub use mask::mask;
pub use page::{index, page};
pub use project::{Project, Selection, sort};
pub use rule::{Confidence, Rule};
pub use rules::{RULES, rule, site_findings};
pub use suppress::suppress;
