//! One rule of ufw's: who may reach which port.

use super::Kind;
use crate::{Difference, Effect, Verb};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A rule for packets that come in. Rules of ufw's own making have no other identity than what
/// they say, so a changed rule is one that leaves and one that comes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FilterRule {
    pub action: Action,
    /// None: any protocol.
    pub protocol: Option<Protocol>,
    /// None: any port.
    pub ports: Option<Ports>,
    /// None: from anywhere.
    pub from: Option<IpNet>,
    /// None: to any address of the host.
    pub to: Option<IpNet>,
    /// Only for packets that come in by this interface.
    pub interface: Option<String>,
    /// Why; shown in plans and kept by ufw, not part of what the rule is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Allow,
    Deny,
    Reject,
    Limit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    Tcp,
    Udp,
}

/// One port or a range, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Ports {
    pub first: u16,
    pub last: u16,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// ufw's own rule files have it.
    pub present: bool,
    /// The kernel has it; none while ufw is off, when the kernel has no rule of ufw's at all.
    pub live: Option<bool>,
}

impl Ports {
    pub fn one(port: u16) -> Ports {
        Ports { first: port, last: port }
    }

    pub fn contains(&self, port: u16) -> bool {
        (self.first..=self.last).contains(&port)
    }
}

impl FilterRule {
    pub fn allow(protocol: Protocol, port: u16) -> FilterRule {
        FilterRule {
            action: Action::Allow,
            protocol: Some(protocol),
            ports: Some(Ports::one(port)),
            from: None,
            to: None,
            interface: None,
            comment: None,
        }
    }

    /// Whether both are for the same packets. Ufw keeps one rule for these: the later action wins.
    pub fn is_same_but_action(&self, other: &FilterRule) -> bool {
        let other = FilterRule { action: self.action, comment: self.comment.clone(), ..other.clone() };
        *self == other
    }

    /// Whether it lets somebody open this TCP port, be it from one place only.
    pub fn lets_tcp_in(&self, port: u16) -> bool {
        matches!(self.action, Action::Allow | Action::Limit)
            && self.protocol != Some(Protocol::Udp)
            && self.ports.is_none_or(|ports| ports.contains(port))
    }

    /// Whether it lets anyone at all open this TCP port.
    pub fn allows_tcp_from_anywhere(&self, port: u16) -> bool {
        self.lets_tcp_in(port) && self.from.is_none() && self.to.is_none() && self.interface.is_none()
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.first == self.last {
            true => write!(out, "{}", self.first),
            false => write!(out, "{}:{}", self.first, self.last),
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Action::Allow => "allow",
            Action::Deny => "deny",
            Action::Reject => "reject",
            Action::Limit => "limit",
        })
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Protocol::Tcp => "tcp",
            Protocol::Udp => "udp",
        })
    }
}

impl fmt::Display for FilterRule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ", self.action)?;
        match (self.ports, self.protocol) {
            (Some(ports), Some(protocol)) => write!(out, "{ports}/{protocol}")?,
            (Some(ports), None) => write!(out, "{ports}")?,
            (None, Some(protocol)) => write!(out, "any/{protocol}")?,
            (None, None) => out.write_str("any")?,
        }
        if let Some(from) = self.from {
            write!(out, " from {from}")?;
        }
        if let Some(to) = self.to {
            write!(out, " to {to}")?;
        }
        match &self.interface {
            Some(interface) => write!(out, " on {interface}"),
            None => Ok(()),
        }
    }
}

impl Kind for FilterRule {
    type Observed = Observed;
    const NAME: &'static str = "filter_rule";

    fn name(&self) -> String {
        self.to_string()
    }

    fn differences(&self, seen: &Observed) -> Vec<Difference> {
        match (seen.present, seen.live) {
            (false, _) => vec![Difference::add("rule", self.comment.as_deref().unwrap_or("present"))],
            (true, Some(false)) => vec![Difference::change("kernel", "without it", "has it")],
            (true, _) => Vec::new(),
        }
    }

    fn is_absent(&self, seen: &Observed) -> bool {
        !seen.present
    }

    fn settled(&self, seen: &Observed) -> Observed {
        Observed { present: true, live: seen.live.map(|_| true) }
    }

    fn effect(&self, verb: Verb, _seen: &Observed) -> Effect {
        let lets_in = matches!(self.action, Action::Allow | Action::Limit);
        // Adding a way in and taking a ban away widen; the other two narrow.
        let narrows = lets_in == (verb == Verb::Remove);
        Effect { guarded: true, narrows, ..Effect::default() }
    }

    fn packages(&self) -> &'static [&'static str] {
        &["ufw"]
    }
}
