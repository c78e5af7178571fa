//! A question about a host's network, and its answer.

use crate::packet::Protocol;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;

/// Whether a *new* connection can be opened, by somebody who has not tried often of late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    pub source: Source,
    pub destination: IpAddr,
    pub protocol: Protocol,
    pub port: u16,
    /// The port it comes from; none: any that a kernel picks for a caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A packet that comes in by an interface; none: by the one that answers to it leave by.
    Outside { address: IpAddr, interface: Option<String> },
    /// A program of the host itself.
    Itself,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Open,
    Closed,
    Unknown,
}

/// What becomes of the connection, and because of what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub verdict: Verdict,
    /// How it is closed, when it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<How>,
    pub because: Vec<Because>,
}

/// What a caller notices of a closed port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Nothing comes back.
    Silent,
    /// Somebody says no.
    Refused,
}

/// One line that decides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Because {
    /// Where it stands: `iptables filter INPUT:3`, `route`, `socket`.
    pub place: String,
    pub line: String,
}

impl Because {
    pub fn new(place: impl Into<String>, line: impl Into<String>) -> Because {
        Because { place: place.into(), line: line.into() }
    }
}

impl fmt::Display for Because {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.place, self.line)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Verdict::Open => "open",
            Verdict::Closed => "closed",
            Verdict::Unknown => "unknown",
        })
    }
}

impl Answer {
    pub(crate) fn open(because: Vec<Because>) -> Answer {
        Answer { verdict: Verdict::Open, how: None, because }
    }

    pub(crate) fn closed(how: How, because: Vec<Because>) -> Answer {
        Answer { verdict: Verdict::Closed, how: Some(how), because }
    }

    pub(crate) fn unknown(because: Vec<Because>) -> Answer {
        Answer { verdict: Verdict::Unknown, how: None, because }
    }

    pub fn is_open(&self) -> bool {
        self.verdict == Verdict::Open
    }
}
