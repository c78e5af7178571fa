//! Links: which there are, whether they are up, what they hang on, and making virtual ones again.
//!
//! A link whose other end is in another network namespace comes and goes with a container, or is what
//! this container hangs on: while it is there it is like any other, and it cannot be made. A card cannot be made; it is set up, or missed by name.

use super::item::{Hex, Names};
use super::words::mac;
use crate::netlink::{CREATE, EXCLUSIVE, Netlink, array, attribute, attributes, put, text, word};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

const NEW: u16 = 16;
const DELETE: u16 = 17;
const GET: u16 = 18;
/// `struct ifinfomsg`: family, padding, type, number, flags, which of them to change.
const HEAD: usize = 16;
const UP: u32 = 1;
const NOARP: u32 = 0x80;

const IFLA_ADDRESS: u16 = 1;
const IFLA_IFNAME: u16 = 3;
const IFLA_MTU: u16 = 4;
const IFLA_LINK: u16 = 5;
const IFLA_MASTER: u16 = 10;
const IFLA_LINKINFO: u16 = 18;
const IFLA_LINK_NETNSID: u16 = 37;
const INFO_KIND: u16 = 1;
const INFO_DATA: u16 = 2;

/// A bridge's settings that a person makes: the rest of what the kernel tells are clocks and counters.
const BRIDGE: [u16; 17] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 22, 23, 24, 36, 37, 38, 39, 41];

/// What can be made again from what was saved.
const MAKEABLE: [&str; 9] = ["bridge", "dummy", "vlan", "macvlan", "ipvlan", "vxlan", "vrf", "wireguard", "ifb"];

/// A link as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub name: String,
    /// The kernel's number for it; new each time that it is made.
    pub number: u32,
    /// `bridge`, `vlan`, `wireguard`…; empty for a card.
    pub kind: String,
    pub up: bool,
    pub mtu: u32,
    pub address: Hex,
    /// The bridge or bond that it belongs to.
    pub master: Option<String>,
    /// The link below it; the other end of a pair is not.
    pub lower: Option<String>,
    /// Its other end is in another network namespace.
    pub elsewhere: bool,
    noarp: bool,
    /// The settings of its kind.
    data: Vec<(u16, Hex)>,
}

/// A link as the kernel tells it, with the numbers of others not yet resolved.
struct Told {
    link: Link,
    master: Option<u32>,
    lower: Option<u32>,
}

/// All links of this network namespace, and their numbers.
pub(super) fn read(kernel: &mut Netlink) -> Result<(Vec<Link>, Names), Errno> {
    // Without the counters of every address family, which are most of the answer.
    let mut question = vec![0; HEAD];
    put(&mut question, 29, &8u32.to_ne_bytes());
    let told = kernel.dump(GET, &question)?;
    let told: Vec<Told> = told.iter().filter_map(|body| parse(body)).collect();
    let mut names = Names::default();
    told.iter().for_each(|told| names.add(told.link.number, &told.link.name));
    let name = |number: Option<u32>| number.and_then(|number| names.name(number)).map(str::to_owned);
    let mut links: Vec<Link> = told
        .into_iter()
        .map(|told| {
            let lower = name(told.lower.filter(|_| !told.link.elsewhere && told.link.kind != "veth"));
            Link { master: name(told.master), lower, ..told.link }
        })
        .collect();
    links.sort_by(|one, other| one.name.cmp(&other.name));
    Ok((links, names))
}

fn parse(body: &[u8]) -> Option<Told> {
    let number = u32::from_ne_bytes(array(body, 4)?);
    let flags = u32::from_ne_bytes(array(body, 8)?);
    let rest = body.get(HEAD..)?;
    let info = attribute(rest, IFLA_LINKINFO).unwrap_or_default();
    let kind = attribute(info, INFO_KIND).map(text).unwrap_or_default();
    let settings = attributes(attribute(info, INFO_DATA).unwrap_or_default());
    let kept = settings.filter(|(number, _)| kind != "bridge" || BRIDGE.contains(number));
    let data = kept.map(|(number, value)| (number, Hex(value.to_vec()))).collect();
    let link = Link {
        name: text(attribute(rest, IFLA_IFNAME)?),
        number,
        up: flags & UP != 0,
        noarp: flags & NOARP != 0,
        mtu: attribute(rest, IFLA_MTU).and_then(word).unwrap_or_default(),
        address: Hex(attribute(rest, IFLA_ADDRESS).unwrap_or_default().to_vec()),
        master: None,
        lower: None,
        elsewhere: attribute(rest, IFLA_LINK_NETNSID).is_some(),
        kind,
        data,
    };
    let of = |kind| attribute(rest, kind).and_then(word).filter(|number| *number != 0);
    Some(Told { master: of(IFLA_MASTER), lower: of(IFLA_LINK).filter(|lower| *lower != number), link })
}

impl Link {
    /// What a person would tell of it.
    pub fn words(&self) -> String {
        let mut said = vec![self.name.clone()];
        said.push(if self.kind.is_empty() { "link".to_owned() } else { self.kind.clone() });
        said.push(if self.up { "up" } else { "down" }.to_owned());
        said.push(format!("mtu {}", self.mtu));
        if self.has_own_address() {
            said.push(mac(&self.address.0));
        }
        said.extend(self.master.as_ref().map(|master| format!("master {master}")));
        said.join(" ")
    }

    /// A bridge takes the address of a port, and changes it as these come and go.
    fn has_own_address(&self) -> bool {
        self.kind != "bridge" && !self.address.0.is_empty()
    }

    /// Whether it is as it was, but for what changes by itself.
    pub(super) fn is_like(&self, other: &Link) -> bool {
        self.is_same_sort(other)
            && (self.up, self.mtu, &self.master, self.noarp) == (other.up, other.mtu, &other.master, other.noarp)
            && (!self.has_own_address() || self.address == other.address)
            && (self.kind != "bridge" || self.data == other.data)
    }

    /// Whether it can be made like the other by setting it up anew.
    pub(super) fn is_same_sort(&self, other: &Link) -> bool {
        self.kind == other.kind && self.lower == other.lower
    }

    /// Whether taking it away is possible at all.
    pub(super) fn is_made(&self) -> bool {
        !self.kind.is_empty()
    }

    pub(super) fn can_be_made(&self) -> bool {
        MAKEABLE.contains(&self.kind.as_str())
    }

    /// Makes it, down, with the settings of its kind.
    pub(super) fn make(&self, kernel: &mut Netlink, names: &Names) -> Result<(), Errno> {
        let mut body = head(0, 0, 0);
        put(&mut body, IFLA_IFNAME, &named(&self.name));
        if !self.address.0.is_empty() {
            put(&mut body, IFLA_ADDRESS, &self.address.0);
        }
        if let Some(lower) = &self.lower {
            put(&mut body, IFLA_LINK, &names.number(lower).ok_or(Errno::NODEV)?.to_ne_bytes());
        }
        let mut info = Vec::new();
        put(&mut info, INFO_KIND, self.kind.as_bytes());
        // Which settings a bridge takes depends on how the kernel was built; they follow one by one.
        if self.kind != "bridge" {
            put(&mut info, INFO_DATA, &settings(&self.data));
        }
        put(&mut body, IFLA_LINKINFO, &info);
        kernel.request(NEW, CREATE | EXCLUSIVE, &body)
    }

    /// Sets up, on the link that is there under this number, what differs from how it was.
    pub(super) fn set_up(&self, kernel: &mut Netlink, now: &Link, names: &Names) -> Result<(), Errno> {
        let number = now.number;
        for setting in self.data.iter().filter(|setting| self.kind == "bridge" && !now.data.contains(setting)) {
            let mut info = Vec::new();
            put(&mut info, INFO_KIND, self.kind.as_bytes());
            put(&mut info, INFO_DATA, &settings(std::slice::from_ref(setting)));
            change(kernel, number, IFLA_LINKINFO, &info)?;
        }
        if self.has_own_address() && self.address != now.address {
            let set = |kernel: &mut Netlink| change(kernel, number, IFLA_ADDRESS, &self.address.0);
            match set(kernel) {
                // Most cards take another address only while they are down.
                Err(Errno::BUSY) => {
                    switch(kernel, number, 0, UP)?;
                    set(kernel)?;
                    switch(kernel, number, u32::from(now.up) * UP, UP)?;
                }
                other => other?,
            }
        }
        if self.mtu != now.mtu {
            change(kernel, number, IFLA_MTU, &self.mtu.to_ne_bytes())?;
        }
        if self.master != now.master {
            let master = self.master.as_ref().map(|name| names.number(name).ok_or(Errno::NODEV));
            change(kernel, number, IFLA_MASTER, &master.transpose()?.unwrap_or(0).to_ne_bytes())?;
        }
        if (self.up, self.noarp) != (now.up, now.noarp) {
            let flags = u32::from(self.up) * UP + u32::from(self.noarp) * NOARP;
            switch(kernel, number, flags, UP | NOARP)?;
        }
        Ok(())
    }

    /// Gives a link that was renamed its name back.
    pub(super) fn rename(&self, kernel: &mut Netlink, now: &Link) -> Result<(), Errno> {
        let rename = |kernel: &mut Netlink| change(kernel, now.number, IFLA_IFNAME, &named(&self.name));
        match rename(kernel) {
            Err(Errno::BUSY) => {
                switch(kernel, now.number, 0, UP)?;
                rename(kernel)?;
                switch(kernel, now.number, u32::from(now.up) * UP, UP)
            }
            other => other,
        }
    }

    pub(super) fn take_away(&self, kernel: &mut Netlink) -> Result<(), Errno> {
        kernel.request(DELETE, 0, &head(self.number, 0, 0))
    }
}

fn settings(data: &[(u16, Hex)]) -> Vec<u8> {
    let mut out = Vec::new();
    data.iter().for_each(|(kind, value)| put(&mut out, *kind, &value.0));
    out
}

fn head(number: u32, flags: u32, mask: u32) -> Vec<u8> {
    [[0; 4], number.to_ne_bytes(), flags.to_ne_bytes(), mask.to_ne_bytes()].concat()
}

fn named(name: &str) -> Vec<u8> {
    let mut bytes = name.as_bytes().to_vec();
    bytes.push(0);
    bytes
}

fn change(kernel: &mut Netlink, number: u32, attribute: u16, value: &[u8]) -> Result<(), Errno> {
    let mut body = head(number, 0, 0);
    put(&mut body, attribute, value);
    kernel.request(NEW, 0, &body)
}

fn switch(kernel: &mut Netlink, number: u32, flags: u32, mask: u32) -> Result<(), Errno> {
    kernel.request(NEW, 0, &head(number, flags, mask))
}

/// One link out of a message that tells of it by itself.
pub(super) fn one(body: &[u8]) -> Option<Link> {
    parse(body).map(|told| told.link)
}
