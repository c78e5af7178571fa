//! Addresses, neighbours, nexthops, routes and rules: one shape for all of them.
//!
//! Each is kept as the kernel told it, attribute by attribute, so that what piton has never heard of
//! (an encapsulation, a metric, a rule's port range) comes back as well. Two things are taken out:
//! what changes by itself, such as ages and counters, and the numbers of links, which stand here by
//! their names: a link that was made anew has another number. One [`Class`] says what is what.

use super::words;
use crate::netlink::{array, attributes, put};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What sort of thing it is; the order is the one in which they are put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    Address,
    Neighbour,
    Nexthop,
    Route,
    Rule,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// As `ip` would say it; for people, and compared by nobody.
    pub words: String,
    #[serde(flatten)]
    pub exact: Exact,
    /// For how many seconds it was preferred and valid, where it was not for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasts: Option<(u32, u32)>,
}

/// What makes two of them the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Exact {
    /// The fixed part of the kernel's message, without the link's number and what changes by itself.
    head: Hex,
    /// The link that the fixed part names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    with: Vec<(u16, Value)>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Value {
    Is(Hex),
    Link(String),
    Hops(Vec<Hop>),
}

/// One way of a route that has several.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Hop {
    pub(super) flags: u8,
    pub(super) weight: u8,
    pub(super) link: String,
    pub(super) with: Vec<(u16, Value)>,
}

/// Bytes, as two digits each in JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Hex(pub(super) Vec<u8>);

impl From<Hex> for String {
    fn from(hex: Hex) -> String {
        hex.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl TryFrom<String> for Hex {
    type Error = String;

    fn try_from(text: String) -> Result<Hex, String> {
        let digits = text.as_bytes().chunks(2).map(|two| {
            let two = std::str::from_utf8(two).ok().filter(|two| two.len() == 2 && !two.starts_with('+'));
            two.and_then(|two| u8::from_str_radix(two, 16).ok())
        });
        digits.collect::<Option<Vec<u8>>>().map(Hex).ok_or_else(|| "an odd byte".to_owned())
    }
}

/// The numbers of links and their names, both ways.
#[derive(Clone, Debug, Default)]
pub struct Names {
    by_number: BTreeMap<u32, String>,
    by_name: BTreeMap<String, u32>,
}

impl Names {
    pub(super) fn add(&mut self, number: u32, name: &str) {
        self.by_number.insert(number, name.to_owned());
        self.by_name.insert(name.to_owned(), number);
    }

    pub(super) fn name(&self, number: u32) -> Option<&str> {
        self.by_number.get(&number).map(String::as_str)
    }

    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
    }
}

// Attributes, by the kernel's numbers.
pub(super) const IFA_ADDRESS: u16 = 1;
pub(super) const IFA_LOCAL: u16 = 2;
const IFA_CACHEINFO: u16 = 6;
const IFA_FLAGS: u16 = 8;
pub(super) const NDA_DST: u16 = 1;
pub(super) const NDA_LLADDR: u16 = 2;
pub(super) const RTA_DST: u16 = 1;
const RTA_IIF: u16 = 3;
pub(super) const RTA_OIF: u16 = 4;
pub(super) const RTA_GATEWAY: u16 = 5;
pub(super) const RTA_PRIORITY: u16 = 6;
pub(super) const RTA_MULTIPATH: u16 = 9;
const RTA_CACHEINFO: u16 = 12;
pub(super) const RTA_TABLE: u16 = 15;
const RTA_EXPIRES: u16 = 23;
const RTA_NH_ID: u16 = 30;
const NHA_ID: u16 = 1;
const NHA_OIF: u16 = 5;

// What stands in the fixed parts.
const CLONED: u32 = 0x200;
const ONLINK: u32 = 4;
const INVERT: u32 = 2;
const PERMANENT: u16 = 0x80;
/// An IPv6 address that the kernel made up for a while, for privacy; of IPv4, a second one.
pub(super) const TEMPORARY: u32 = 1;
/// Optimistic, tentative, doubled, deprecated: stations on an address's way.
const PASSING: u32 = 0x4 | 0x8 | 0x20 | 0x40;
pub(super) const LOCAL_TABLE: u32 = 255;
pub(super) const IPV4: u8 = 2;
pub(super) const IPV6: u8 = 10;
const FOR_EVER: u32 = u32::MAX;
const TICKS_A_SECOND: u32 = 100;
const KERNELS_OWN: u8 = 2;

impl Class {
    pub const ALL: [Class; 5] = [Class::Address, Class::Neighbour, Class::Nexthop, Class::Route, Class::Rule];

    /// Of a new one; taken away is one more, and asked for two more.
    pub(super) fn new_kind(self) -> u16 {
        match self {
            Class::Address => 20,
            Class::Route => 24,
            Class::Neighbour => 28,
            Class::Rule => 32,
            Class::Nexthop => 104,
        }
    }

    /// The length of the fixed part.
    pub(super) fn head(self) -> usize {
        match self {
            Class::Address | Class::Nexthop => 8,
            Class::Neighbour | Class::Route | Class::Rule => 12,
        }
    }

    /// Where in the fixed part the number of a link stands.
    fn link_at(self) -> Option<usize> {
        matches!(self, Class::Address | Class::Neighbour).then_some(4)
    }

    /// Reads one message's body; nothing where it is of no interest, or not whole.
    pub(super) fn read(self, body: &[u8], names: &Names) -> Option<Item> {
        let mut head = body.get(..self.head())?.to_vec();
        let rest = body.get(self.head()..)?;
        if !self.matters(&head, rest) {
            return None;
        }
        let link = match self.link_at() {
            Some(at) => {
                let number = u32::from_ne_bytes(array(&head, at)?);
                set(&mut head, at, &0u32.to_ne_bytes());
                Some(names.name(number)?.to_owned())
            }
            None => None,
        };
        self.still(&mut head);
        let through_nexthop = self == Class::Route && attributes(rest).any(|(kind, _)| kind == RTA_NH_ID);
        let mut with = Vec::new();
        let mut lasts = None;
        for (kind, value) in attributes(rest) {
            lasts = lasts.or_else(|| self.lasts(kind, value));
            // A route through a nexthop object is told with what that object says.
            let repeated = through_nexthop && matches!(kind, RTA_GATEWAY | RTA_OIF | RTA_MULTIPATH);
            if !repeated && let Some(value) = self.value(kind, value, names)? {
                with.push((kind, value));
            }
        }
        with.sort();
        let exact = Exact { head: Hex(head), link, with };
        Some(Item { words: words::of(self, &exact), exact, lasts })
    }

    fn matters(self, head: &[u8], rest: &[u8]) -> bool {
        let family = head.first().copied().unwrap_or(0);
        let half = |at| array(head, at).map(u16::from_ne_bytes).unwrap_or_default();
        let whole = |at| array(head, at).map(u32::from_ne_bytes).unwrap_or_default();
        let ip = family == IPV4 || family == IPV6;
        match self {
            Class::Address => ip && !(family == IPV6 && flags(head, rest) & TEMPORARY != 0),
            Class::Neighbour => ip && half(8) & PERMANENT != 0,
            Class::Nexthop => true,
            // The kernel keeps its own IPv6 table of local addresses in step with these, a little later.
            Class::Route => {
                let local =
                    crate::netlink::attribute(rest, RTA_TABLE).and_then(crate::netlink::word) == Some(LOCAL_TABLE);
                let own = head.get(5) == Some(&KERNELS_OWN);
                ip && whole(8) & CLONED == 0 && !(family == IPV6 && local && own)
            }
            Class::Rule => ip,
        }
    }

    /// Takes out of the fixed part what changes by itself.
    fn still(self, head: &mut [u8]) {
        let keep = |head: &mut [u8], at: usize, mask: u32| {
            let flags = array(head, at).map(u32::from_ne_bytes).unwrap_or_default();
            set(head, at, &(flags & mask).to_ne_bytes());
        };
        match self {
            // The flags stand in an attribute, whole.
            Class::Address => set(head, 2, &[0]),
            Class::Route => keep(head, 8, ONLINK),
            Class::Nexthop => {
                // The kernel tells a scope, and takes none.
                set(head, 1, &[0]);
                keep(head, 4, ONLINK);
            }
            Class::Rule => keep(head, 8, INVERT),
            Class::Neighbour => {}
        }
    }

    /// The outer nothing: a link that has gone by now, and its things with it. The inner one: an
    /// attribute that changes by itself.
    fn value(self, kind: u16, value: &[u8], names: &Names) -> Option<Option<Value>> {
        let link = |value: &[u8]| Some(Some(Value::Link(names.name(crate::netlink::word(value)?)?.to_owned())));
        match (self, kind) {
            (Class::Address, IFA_CACHEINFO) | (Class::Route, RTA_CACHEINFO | RTA_IIF | RTA_EXPIRES) => Some(None),
            (Class::Address, IFA_FLAGS) => {
                let flags = crate::netlink::word(value)? & !PASSING;
                Some(Some(Value::Is(Hex(flags.to_ne_bytes().to_vec()))))
            }
            (Class::Neighbour, NDA_DST | NDA_LLADDR) => Some(Some(Value::Is(Hex(value.to_vec())))),
            (Class::Neighbour, _) => Some(None),
            (Class::Route, RTA_OIF) | (Class::Nexthop, NHA_OIF) => link(value),
            (Class::Route, RTA_MULTIPATH) => Some(Some(Value::Hops(hops(value, names)?))),
            // Only what a nexthop can be made of: its id, group, blackhole, link, gateway, encapsulation.
            (Class::Nexthop, kind) if kind > 9 => Some(None),
            _ => Some(Some(Value::Is(Hex(value.to_vec())))),
        }
    }

    fn lasts(self, kind: u16, value: &[u8]) -> Option<(u32, u32)> {
        match (self, kind) {
            (Class::Address, IFA_CACHEINFO) => {
                let (preferred, valid) = (array(value, 0)?, array(value, 4)?);
                let (preferred, valid) = (u32::from_ne_bytes(preferred), u32::from_ne_bytes(valid));
                (valid != FOR_EVER).then_some((preferred, valid))
            }
            // `rta_expires` is the third word, in ticks.
            (Class::Route, RTA_CACHEINFO) => {
                let seconds = u32::from_ne_bytes(array(value, 8)?) / TICKS_A_SECOND;
                (seconds > 0 && seconds < FOR_EVER / TICKS_A_SECOND / 2).then_some((seconds, seconds))
            }
            _ => None,
        }
    }

    /// The message that makes it.
    pub(super) fn to_make(self, item: &Item, names: &Names) -> Result<Vec<u8>, Errno> {
        let mut body = item.exact.body(self, names)?;
        match (self, item.lasts) {
            (Class::Address, Some((preferred, valid))) => {
                let words = [preferred, valid, 0, 0].map(u32::to_ne_bytes).concat();
                put(&mut body, IFA_CACHEINFO, &words);
            }
            (Class::Route, Some((_, seconds))) => put(&mut body, RTA_EXPIRES, &seconds.to_ne_bytes()),
            _ => {}
        }
        Ok(body)
    }

    /// The message that takes it away.
    pub(super) fn to_take(self, item: &Item, names: &Names) -> Result<Vec<u8>, Errno> {
        match self {
            Class::Nexthop => {
                let mut body = item.exact.head.0.clone();
                let id = item.exact.bytes(NHA_ID).unwrap_or_default();
                put(&mut body, NHA_ID, id);
                Ok(body)
            }
            _ => item.exact.body(self, names),
        }
    }
}

impl Exact {
    pub(super) fn head(&self) -> &[u8] {
        &self.head.0
    }

    pub(super) fn family(&self) -> u8 {
        self.head.0.first().copied().unwrap_or_default()
    }

    pub(super) fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }

    pub(super) fn value(&self, wanted: u16) -> Option<&Value> {
        self.with.iter().find_map(|(kind, value)| (*kind == wanted).then_some(value))
    }

    pub(super) fn bytes(&self, wanted: u16) -> Option<&[u8]> {
        match self.value(wanted) {
            Some(Value::Is(bytes)) => Some(&bytes.0),
            _ => None,
        }
    }

    pub(super) fn number(&self, wanted: u16) -> Option<u32> {
        self.bytes(wanted).and_then(crate::netlink::word)
    }

    /// Every link that it has to do with.
    pub(super) fn links(&self) -> impl Iterator<Item = &str> {
        let inside = self.with.iter().flat_map(|(_, value)| match value {
            Value::Link(name) => vec![name.as_str()],
            Value::Hops(hops) => hops.iter().map(|hop| hop.link.as_str()).collect(),
            Value::Is(_) => Vec::new(),
        });
        self.link.as_deref().into_iter().chain(inside)
    }

    /// Of a route: whether it is for everything that no other is for.
    pub(super) fn is_default(&self) -> bool {
        self.head.0.get(1) == Some(&0)
    }

    /// Table and destination and metric: routes that share them stand in each other's way.
    pub(super) fn place(&self) -> (u8, u32, Vec<u8>, u32) {
        let prefix = self.head.0.get(1..4).unwrap_or_default();
        let destination = [prefix, self.bytes(RTA_DST).unwrap_or_default()].concat();
        let priority = self.number(RTA_PRIORITY).unwrap_or(0);
        (self.family(), self.number(RTA_TABLE).unwrap_or(0), destination, priority)
    }

    fn body(&self, class: Class, names: &Names) -> Result<Vec<u8>, Errno> {
        let mut body = self.head.0.clone();
        if let (Some(at), Some(link)) = (class.link_at(), &self.link) {
            let number = names.number(link).ok_or(Errno::NODEV)?;
            set(&mut body, at, &number.to_ne_bytes());
        }
        put_all(&mut body, &self.with, names)?;
        Ok(body)
    }
}

fn put_all(body: &mut Vec<u8>, with: &[(u16, Value)], names: &Names) -> Result<(), Errno> {
    let number = |link: &str| names.number(link).ok_or(Errno::NODEV);
    for (kind, value) in with {
        match value {
            Value::Is(bytes) => put(body, *kind, &bytes.0),
            Value::Link(link) => put(body, *kind, &number(link)?.to_ne_bytes()),
            Value::Hops(hops) => {
                let mut inside = Vec::new();
                for hop in hops {
                    let mut attributes = Vec::new();
                    put_all(&mut attributes, &hop.with, names)?;
                    let length = u16::try_from(attributes.len() + 8).map_err(|_| Errno::MSGSIZE)?;
                    inside.extend(length.to_ne_bytes());
                    inside.extend([hop.flags, hop.weight]);
                    inside.extend(number(&hop.link)?.to_ne_bytes());
                    inside.extend(attributes);
                }
                put(body, *kind, &inside);
            }
        }
    }
    Ok(())
}

/// `struct rtnexthop`, one after the other.
fn hops(bytes: &[u8], names: &Names) -> Option<Vec<Hop>> {
    let mut rest = bytes;
    let mut found = Vec::new();
    while !rest.is_empty() {
        let length = usize::from(u16::from_ne_bytes(array(rest, 0)?));
        let [flags, weight] = array(rest, 2)?;
        let link = names.name(u32::from_ne_bytes(array(rest, 4)?))?.to_owned();
        let inside = attributes(rest.get(8..length)?);
        let with = inside.map(|(kind, value)| (kind, Value::Is(Hex(value.to_vec())))).collect();
        let onlink = u8::try_from(ONLINK).unwrap_or_default();
        found.push(Hop { flags: flags & onlink, weight, link, with });
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Some(found)
}

/// All flags of an address, not only the eight that its fixed part has room for.
fn flags(head: &[u8], rest: &[u8]) -> u32 {
    let whole = crate::netlink::attribute(rest, IFA_FLAGS).and_then(crate::netlink::word);
    whole.unwrap_or_else(|| head.get(2).copied().unwrap_or_default().into())
}

impl Item {
    /// Whether an address of IPv4 is one that another of the same subnet stands before.
    pub(super) fn is_second(&self) -> bool {
        self.exact.family() == IPV4 && self.exact.number(IFA_FLAGS).unwrap_or_default() & TEMPORARY != 0
    }
}

fn set(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes.iter_mut().skip(at).zip(value).for_each(|(to, from)| *to = *from);
}
