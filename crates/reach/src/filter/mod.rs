//! The packet filter as data: tables, chains and rules of iptables and nftables in one form.
//!
//! [`save`] reads what `iptables-save` prints, [`nft`] what `nft -j list ruleset` prints. A test or
//! an action that is not modelled stays in the rule as [`Is::Unmodelled`] or
//! [`Action::Unmodelled`], so that it can only make an answer unknown, never wrong.

pub(crate) mod holds;
pub mod nft;
pub mod save;
pub(crate) mod words;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    pub tables: Vec<Table>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    pub program: Program,
    pub family: Family,
    pub name: String,
    pub chains: Vec<Chain>,
}

/// Whose words a table is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Program {
    Iptables,
    /// The older of iptables' two ways into the kernel; both count.
    IptablesLegacy,
    Nft,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    Ip,
    Ip6,
    Inet,
    /// Before anything else, by interface.
    Netdev,
    /// Frames between the ports of a bridge; not the packets of this model.
    Bridge,
    Arp,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chain {
    pub name: String,
    /// Where the kernel comes in; none for a chain that others jump to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Base>,
    pub rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    pub hook: Hook,
    pub priority: i32,
    /// It translates addresses, and sees only the first packet of a connection.
    pub nat: bool,
    pub drops: bool,
    /// Only for packets of these interfaces (netdev).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hook {
    Ingress,
    Prerouting,
    Input,
    Forward,
    Output,
    Postrouting,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// As the program prints it.
    pub text: String,
    /// Its place in its chain, from 1.
    pub number: u32,
    /// In order; a test that fails ends the rule.
    pub parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Test(Test),
    Do(Action),
    /// The action of the first row whose tests all hold.
    Map(Vec<(Vec<Test>, Action)>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Test {
    #[serde(default)]
    pub not: bool,
    pub is: Is,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Is {
    V6(bool),
    Protocol(Vec<Span>),
    Address(End, Vec<Range>),
    Port(End, Vec<Span>),
    /// The ends of the connection's first packet, as connection tracking keeps them.
    OriginalAddress(End, Vec<Range>),
    OriginalPort(End, Vec<Span>),
    Input(Vec<String>),
    Output(Vec<String>),
    Track(Vec<Tracked>),
    /// The packet goes the way of the connection's first one.
    Forth(bool),
    Mark {
        value: u32,
        mask: u32,
    },
    ConnectionMark {
        value: u32,
        mask: u32,
    },
    /// What the routes say an address is.
    AddressType {
        end: End,
        kinds: Vec<AddressKind>,
        on_interface: Option<End>,
    },
    /// Whether answers to the packet would leave by the interface that it came in by.
    RouteBack {
        strict: bool,
    },
    Flags {
        mask: u8,
        set: u8,
    },
    /// Any of these rows, of which every test must hold: what a set of several fields is.
    AnyOf(Vec<Vec<Test>>),
    /// Counters that have not been counted up by a first connection.
    Always,
    Never,
    Unmodelled(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    Source,
    Destination,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tracked {
    Invalid,
    New,
    Established,
    Related,
    Untracked,
    /// The destination, or the source, was translated.
    SentOn,
    Masked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressKind {
    Unicast,
    Local,
    Broadcast,
    Multicast,
    Other,
}

/// Addresses from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    pub first: IpAddr,
    pub last: IpAddr,
}

/// Numbers from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub first: u16,
    pub last: u16,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Accept,
    Drop,
    Reject,
    Return,
    Jump(String),
    Goto(String),
    /// It counts, logs or alters what this model does not look at.
    GoOn,
    SendTo {
        address: Option<Range>,
        ports: Option<Span>,
    },
    /// To the interface's own address.
    SendHere {
        ports: Option<Span>,
    },
    Mask {
        address: Option<Range>,
    },
    /// `mark = mark & and ^ xor`.
    SetMark {
        and: u32,
        xor: u32,
    },
    SetConnectionMark {
        and: u32,
        xor: u32,
    },
    SaveMark {
        from: u32,
        to: u32,
    },
    RestoreMark {
        from: u32,
        to: u32,
    },
    DoNotTrack,
    /// It may do anything.
    Unmodelled(String),
}

impl Range {
    pub fn of(net: IpNet) -> Range {
        Range { first: net.network(), last: net.broadcast() }
    }

    pub fn one(address: IpAddr) -> Range {
        Range { first: address, last: address }
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        address.is_ipv6() == self.first.is_ipv6() && (self.first..=self.last).contains(&address)
    }
}

impl Span {
    pub fn one(number: u16) -> Span {
        Span { first: number, last: number }
    }

    pub fn contains(&self, number: u16) -> bool {
        (self.first..=self.last).contains(&number)
    }
}

impl Test {
    pub(crate) fn is(is: Is) -> Test {
        Test { not: false, is }
    }
}

impl Family {
    /// Whether packets of an IP version pass this family's chains.
    pub(crate) fn takes(self, v6: bool) -> bool {
        match self {
            Family::Ip => !v6,
            Family::Ip6 => v6,
            Family::Inet | Family::Netdev => true,
            Family::Bridge | Family::Arp => false,
        }
    }
}

impl Table {
    /// How people find it: `iptables filter`, `nft inet firewall`.
    pub fn title(&self) -> String {
        let name = &self.name;
        match (self.program, self.family) {
            (Program::Iptables, Family::Ip6) => format!("ip6tables {name}"),
            (Program::Iptables, _) => format!("iptables {name}"),
            (Program::IptablesLegacy, Family::Ip6) => format!("ip6tables-legacy {name}"),
            (Program::IptablesLegacy, _) => format!("iptables-legacy {name}"),
            (Program::Nft, family) => format!("nft {} {name}", family.word()),
        }
    }

    pub fn chain(&self, name: &str) -> Option<&Chain> {
        self.chains.iter().find(|chain| chain.name == name)
    }

    pub(crate) fn chain_mut(&mut self, name: &str) -> Option<&mut Chain> {
        self.chains.iter_mut().find(|chain| chain.name == name)
    }
}

impl Family {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Family::Ip => "ip",
            Family::Ip6 => "ip6",
            Family::Inet => "inet",
            Family::Netdev => "netdev",
            Family::Bridge => "bridge",
            Family::Arp => "arp",
        }
    }

    pub(crate) fn of_word(word: &str) -> Option<Family> {
        let all = [Family::Ip, Family::Ip6, Family::Inet, Family::Netdev, Family::Bridge, Family::Arp];
        all.into_iter().find(|family| family.word() == word)
    }
}

impl Filter {
    pub fn table(&self, program: Program, family: Family, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| (table.program, table.family, table.name.as_str()) == (program, family, name))
    }

    /// Every network that some rule names as a source: where answers may differ.
    pub(crate) fn sources(&self) -> Vec<Range> {
        fn of(tests: &[Test], found: &mut Vec<Range>) {
            for test in tests {
                match &test.is {
                    Is::Address(End::Source, ranges) | Is::OriginalAddress(End::Source, ranges) => found.extend(ranges),
                    Is::AnyOf(rows) => rows.iter().for_each(|row| of(row, found)),
                    _ => {}
                }
            }
        }
        let mut found = Vec::new();
        let rules = self.tables.iter().flat_map(|table| &table.chains).flat_map(|chain| &chain.rules);
        for part in rules.flat_map(|rule| &rule.parts) {
            match part {
                Part::Test(test) => of(std::slice::from_ref(test), &mut found),
                Part::Map(rows) => rows.iter().for_each(|(tests, _)| of(tests, &mut found)),
                Part::Do(_) => {}
            }
        }
        found
    }
}
