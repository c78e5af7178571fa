//! A packet, as far as rules look at it.

use piton_plan::kind::filter_rule;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    Tcp,
    Udp,
}

impl Protocol {
    pub fn number(self) -> u8 {
        match self {
            Protocol::Tcp => 6,
            Protocol::Udp => 17,
        }
    }
}

impl From<filter_rule::Protocol> for Protocol {
    fn from(written: filter_rule::Protocol) -> Protocol {
        match written {
            filter_rule::Protocol::Tcp => Protocol::Tcp,
            filter_rule::Protocol::Udp => Protocol::Udp,
        }
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

/// What connection tracking says of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Track {
    /// It has not been looked at yet, or makes no sense.
    Invalid,
    New,
    Established,
    Untracked,
}

/// A port that is known, or the caller's own, which the kernel picks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Port {
    Known(u16),
    Ephemeral,
}

/// The ports that Linux picks for a caller.
pub(crate) const EPHEMERAL: std::ops::RangeInclusive<u16> = 32768..=60999;

/// The two ends of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ends {
    pub(crate) source: IpAddr,
    pub(crate) source_port: Port,
    pub(crate) destination: IpAddr,
    pub(crate) destination_port: Port,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Packet {
    pub(crate) protocol: Protocol,
    pub(crate) ends: Ends,
    /// The ends of the connection's first packet, before any translation.
    pub(crate) original: Ends,
    pub(crate) input: Option<String>,
    pub(crate) output: Option<String>,
    pub(crate) mark: u32,
    pub(crate) connection_mark: u32,
    pub(crate) track: Track,
    /// It goes the way of the connection's first packet.
    pub(crate) forth: bool,
    /// SYN without ACK, SYN with ACK, or ACK: which packet of the handshake it is.
    pub(crate) handshake: Handshake,
    /// Where its destination was translated to, if it was.
    pub(crate) sent_on: bool,
    /// Whether to translate its destination was decided before, as it left the host.
    pub(crate) settled: bool,
    /// Its source was translated.
    pub(crate) masked: bool,
    /// A rule asked for this connection not to be tracked.
    pub(crate) untracked: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Handshake {
    First,
    Answer,
    Third,
}

impl Packet {
    pub(crate) fn is_v6(&self) -> bool {
        self.ends.destination.is_ipv6()
    }

    /// The TCP flags, as bits: FIN SYN RST PSH ACK URG.
    pub(crate) fn flags(&self) -> u8 {
        const SYN: u8 = 0x02;
        const ACK: u8 = 0x10;
        match self.handshake {
            Handshake::First => SYN,
            Handshake::Answer => SYN | ACK,
            Handshake::Third => ACK,
        }
    }
}
