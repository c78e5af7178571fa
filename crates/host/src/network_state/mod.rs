//! A machine's network as one thing that can be saved, compared and put back.
//!
//! What runs is read from the kernel itself ([`crate::netlink`]): links, addresses, routes of all tables,
//! rules, fixed neighbours, and the parameters on which they depend. The packet filter comes from the
//! programs that own it ([`packet`]), files from the disk ([`files`]). Putting back ([`restore`]) does
//! only what differs, needs no network, can be cut off and begun again, and then looks again.
//!
//! [`store`] keeps such states by name, [`probes`] asks whether the network works, [`command`] guards
//! any command with one, [`watch`] tells of each change as it happens.

pub mod command;
mod containers;
pub(crate) mod files;
mod item;
mod link;

mod packet;
pub mod probes;
mod restore;
pub mod store;
mod sysctls;
pub mod watch;
mod wireguard;
mod words;

pub use item::{Class, Item};
pub use link::Link;
pub use packet::Packets;
pub use restore::restore_live;
pub(crate) use restore::{restore, restore_files};

use crate::netlink::Netlink;
use crate::saved::Saved;
use crate::system::{Fault, FaultCode, System};
use item::Names;
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    pub links: Vec<Link>,
    pub items: BTreeMap<Class, Vec<Item>>,
    pub parameters: BTreeMap<String, String>,
    pub packets: Packets,
    /// WireGuard's interfaces, by the digest of what piton keeps of them.
    pub wireguard: BTreeMap<String, String>,
}

/// All of a machine's network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkSaved {
    /// Which boot of the machine it was: another one makes what runs from the files.
    pub boot: String,
    pub live: Live,
    pub files: Vec<Saved>,
}

impl NetworkSaved {
    /// The files that were saved.
    pub fn paths(&self) -> Vec<&str> {
        self.files.iter().filter_map(files::path_of).collect()
    }
}

/// What becomes of links and tables of programs that came since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// A command that nobody confirmed brought them, a moment ago.
    Goes,
    /// Whoever brought them may count on them by now.
    Stays,
}

/// One thing that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Of what: `route`, `iptables filter`, `file`…
    pub what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is: Option<String>,
}

impl Difference {
    fn gone(what: &str, was: String) -> Difference {
        Difference { what: what.to_owned(), was: Some(was), is: None }
    }

    fn came(what: &str, is: String) -> Difference {
        Difference { what: what.to_owned(), was: None, is: Some(is) }
    }

    /// In one line.
    pub fn words(&self) -> String {
        match (&self.was, &self.is) {
            (Some(was), None) => format!("{}: gone: {was}", self.what),
            (None, Some(is)) => format!("{}: came: {is}", self.what),
            (was, is) => {
                let word = |word: &Option<String>| word.clone().unwrap_or_default();
                format!("{}: was {}, is {}", self.what, word(was), word(is))
            }
        }
    }
}

/// Reads everything; changes nothing, but for the root-only copies of secrets.
pub fn read(system: &System) -> Result<NetworkSaved, Fault> {
    std::thread::scope(|scope| {
        let files = scope.spawn(|| files::read(system, files::NETWORK));
        let live = read_live(system)?;
        let lost = |_| Fault::new(FaultCode::FileSystem, "the network's files could not be read");
        Ok(NetworkSaved { boot: boot(system), live, files: files.join().map_err(lost)?? })
    })
}

/// Reads what runs.
pub fn read_live(system: &System) -> Result<Live, Fault> {
    std::thread::scope(|scope| {
        let packets = scope.spawn(|| packet::read(system));
        let (links, items, _) = read_kernel()?;
        let parameters = sysctls::read(system, links.iter().map(|link| &*link.name));
        let tunnels = links.iter().filter(|link| link.kind == "wireguard").map(|link| link.name.as_str());
        let wireguard = wireguard::read(system, tunnels)?;
        let lost = |_| Fault::new(FaultCode::Unsupported, "the packet filter could not be asked");
        Ok(Live { links, items, parameters, packets: packets.join().map_err(lost)??, wireguard })
    })
}

/// Reads the packet filter alone.
pub(crate) fn read_packets(system: &System) -> Result<Packets, Fault> {
    packet::read(system)
}

/// Has the tables that there were `before` be there, as they were a moment ago, or else as they were
/// before. Any others are let be.
pub(crate) fn keep_packets(system: &System, before: &Packets, a_moment_ago: &Packets) -> Result<(), Fault> {
    let there = packet::read(system)?;
    let wanted = packet::kept(before, a_moment_ago, &there);
    let faults = packet::restore(system, &wanted, &there, Came::Stays);
    let left = packet::differences(&wanted, &packet::read(system)?, Came::Stays);
    match faults.into_iter().next() {
        Some(first) => not_restored(&left).map_err(|fault| fault.because(first)),
        None => not_restored(&left),
    }
}

type Kernel = (Vec<Link>, BTreeMap<Class, Vec<Item>>, Names);

/// Links and everything on them, asked of the kernel of this process's network namespace.
fn read_kernel() -> Result<Kernel, Fault> {
    let mut kernel = Netlink::route()?;
    let failed = |error| Fault::new(FaultCode::Unsupported, "the kernel does not tell its network").because(error);
    let (links, names) = link::read(&mut kernel).map_err(failed)?;
    let mut items = BTreeMap::new();
    for class in Class::ALL {
        items.insert(class, dump(&mut kernel, class, &names).map_err(failed)?);
    }
    Ok((links, items, names))
}

fn dump(kernel: &mut Netlink, class: Class, names: &Names) -> Result<Vec<Item>, Errno> {
    let mut found = Vec::new();
    for family in [item::IPV4, item::IPV6] {
        let mut question = vec![0; class.head()];
        // Nexthops are of any family, and asked for once.
        let once = class == Class::Nexthop;
        question.iter_mut().take(usize::from(!once)).for_each(|byte| *byte = family);
        match kernel.dump(class.new_kind() + 2, &question) {
            Ok(bodies) => found.extend(bodies.iter().filter_map(|body| class.read(body, names))),
            // A kernel without IPv6, policy rules or nexthop objects has none of them.
            Err(Errno::OPNOTSUPP | Errno::AFNOSUPPORT | Errno::INVAL) => {}
            Err(error) => return Err(error),
        }
        if once {
            break;
        }
    }
    Ok(found)
}

/// The kernel's name for this boot.
pub(crate) fn boot(system: &System) -> String {
    let id = system.read_text("/proc/sys/kernel/random/boot_id").ok().flatten().unwrap_or_default();
    // A container has its host's boot; what it is told apart by is when its first process began.
    let first = system.read_text("/proc/1/stat").ok().flatten().unwrap_or_default();
    let began = first.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(19)).unwrap_or_default();
    format!("{} {began}", id.trim())
}

/// What runs and is not as it was.
pub fn differences(system: &System, before: &Live, now: &Live, came: Came) -> Vec<Difference> {
    let mut found = Vec::new();
    let view = restore::View::of(before, now, came);
    for link in view.missing_links() {
        found.push(Difference::gone("link", link.words()));
    }
    for link in view.surplus_links() {
        found.push(Difference::came("link", link.words()));
    }
    for (was, is) in view.changed_links() {
        let what = format!("link {}", was.name);
        found.push(Difference { what, was: Some(was.words()), is: Some(is.words()) });
    }
    for class in Class::ALL {
        let what = class.word();
        let (missing, surplus) = view.items(class);
        found.extend(missing.iter().map(|item| Difference::gone(what, item.words.clone())));
        found.extend(surplus.iter().map(|item| Difference::came(what, item.words.clone())));
    }
    for (name, was) in &before.parameters {
        if let Some(is) = now.parameters.get(name).filter(|is| *is != was) {
            found.push(Difference { what: name.replace('/', "."), was: Some(was.clone()), is: Some(is.clone()) });
        }
    }
    found.extend(packet::differences(&before.packets, &now.packets, came));
    let tunnels = wireguard::differing(system, &before.wireguard, &now.wireguard);
    let other = "other settings or peers (not shown: keys are among them)".to_owned();
    found.extend(tunnels.into_iter().map(|link| Difference::came(&format!("wireguard {link}"), other.clone())));
    found
}

/// Everything that is not as it was.
pub fn all_differences(system: &System, before: &NetworkSaved, came: Came) -> Result<Vec<Difference>, Fault> {
    let mut found = differences(system, &before.live, &read_live(system)?, came);
    let files = files::differing(system, files::NETWORK, &before.files)?;
    found.extend(files.into_iter().map(|path| Difference::came("file", format!("{path} is not as it was"))));
    Ok(found)
}

/// Whether everything is as it was; after a reboot only the files have to be.
pub(crate) fn verify(system: &System, before: &NetworkSaved, came: Came) -> Result<(), Fault> {
    let mut left = match before.boot == boot(system) {
        true => differences(system, &before.live, &read_live(system)?, came),
        false => Vec::new(),
    };
    let files = files::differing(system, files::NETWORK, &before.files)?;
    left.extend(files.into_iter().map(|path| Difference::came("file", format!("{path} is not as it was"))));
    not_restored(&left)
}

fn not_restored(left: &[Difference]) -> Result<(), Fault> {
    let Some(first) = left.first() else { return Ok(()) };
    let more = if left.len() > 1 { format!(" (and {} more)", left.len() - 1) } else { String::new() };
    let what = format!("the network is not as it was: {}{more}", first.words());
    Err(Fault::new(FaultCode::NotRestored, what).help("`piton net diff` says what differs from a saved state"))
}

impl Class {
    pub(super) fn word(self) -> &'static str {
        match self {
            Class::Address => "address",
            Class::Neighbour => "neighbour",
            Class::Nexthop => "nexthop",
            Class::Route => "route",
            Class::Rule => "rule",
        }
    }
}
