//! What a stack opens on its host: where its programs listen, and what Docker sends on to them.
//!
//! It is said here, beside the files that make it so, because nobody could read it back out of them before they lie on
//! a host. The `reach` room foretells from it who will be able to open what.

use crate::kind::filter_rule::Protocol;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// A port of one of a stack's programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Port {
    /// The container that has it, by its name in the compose file; none: a program that systemd runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// What the service calls it: `http`.
    pub name: String,
    pub protocol: Protocol,
    /// On the host.
    pub port: u16,
    /// Where on the host, an unspecified address standing for all of them; none: only containers of its networks reach it.
    pub addresses: Vec<IpAddr>,
    /// The port of the container that Docker sends it on to; none: the program itself listens there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_to: Option<u16>,
    /// The site says that everyone may open it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub to_the_world: bool,
    /// It may be open to more than can be foretold: what would be closed is then not known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unsure: bool,
}

/// Whose network a container is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Joins {
    Host,
    /// Docker's networks by their names there; an empty list is the one that compose makes for the project.
    Networks(Vec<String>),
    /// Its own and nobody else's, or that of another container.
    Nobody,
}

impl Default for Joins {
    fn default() -> Joins {
        Joins::Networks(Vec::new())
    }
}
