//! Every change of the network as it happens, told by the kernel; nothing is asked again and again.
//!
//! Links, addresses, routes, rules and nft's tables (iptables' too, where it is the newer kind) come
//! over netlink, the resolver's files over inotify. Who did it: the kernel names the socket, which
//! by habit bears its process's number, and nft's process by name. What ran is heard of when it
//! starts, since most such programs are gone again before anybody can look.

mod filter;
mod process;
mod resolver;

use super::item::{Class, Names};
use super::link;
use crate::netlink::{Message, Netlink, messages};
use crate::system::{Fault, FaultCode, System};
use process::Processes;
use resolver::Resolver;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::AsFd;
use rustix::io::Errno;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Links, addresses, routes and rules, of IPv4 and IPv6; the kernel's groups, as bits.
const GROUPS: u32 = 1 | 1 << 4 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 10 | 1 << 18;

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// Milliseconds since the epoch.
    pub at: u64,
    pub change: Change,
    /// `route`, `address`, `filter`, `resolver`…
    pub what: &'static str,
    pub words: String,
    /// Who likely did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Process>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Added,
    Changed,
    Removed,
    /// More happened at once than could be heard; this is all that is known of it.
    Missed,
}

/// A process, or what is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Process {
    pub pid: u32,
    pub name: String,
    /// Its words, where they could be read while it ran.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub command: String,
}

/// Hears of changes from its making on.
pub struct Watcher {
    route: Netlink,
    filter: Option<Netlink>,
    resolver: Option<Resolver>,
    processes: Processes,
    table: Table,
    /// What nft did, until it says who.
    pending: Vec<(Change, String)>,
}

/// What is known of links, so that names can be told and changes told apart from repetitions.
#[derive(Default)]
pub(super) struct Table {
    names: Names,
    links: BTreeMap<u32, String>,
}

impl Watcher {
    pub fn begin(system: &System) -> Result<Watcher, Fault> {
        let route = Netlink::listen(None, GROUPS)?;
        let failed = |error| Fault::new(FaultCode::Unsupported, "the kernel does not tell its links").because(error);
        let (links, names) = link::read(&mut Netlink::route()?).map_err(failed)?;
        let links = links.iter().map(|link| (link.number, link.words())).collect();
        Ok(Watcher {
            route,
            // A kernel without nf_tables has nothing to tell.
            filter: filter::listen().ok(),
            resolver: Resolver::begin(system).ok(),
            processes: Processes::begin(),
            table: Table { names, links },
            pending: Vec::new(),
        })
    }

    /// Whether the programs that run are heard of; without that only long ones can be named.
    pub fn hears_programs(&self) -> bool {
        self.processes.are_heard()
    }

    /// Waits for the next change, or several that came together.
    pub fn hear(&mut self) -> Result<Vec<Event>, Fault> {
        loop {
            self.wait(None)?;
            // First, so that whoever did it is known.
            self.processes.hear();
            let mut events = Vec::new();
            if is_ready(self.route.socket()) {
                self.hear_routes(&mut events)?;
            }
            if self.filter.as_ref().is_some_and(|filter| is_ready(filter.socket())) {
                self.hear_filter(&mut events)?;
            }
            if let Some(resolver) = self.resolver.as_mut().filter(|resolver| is_ready(resolver.descriptor())) {
                let changed = resolver.changed().into_iter();
                events.extend(changed.map(|words| event(Change::Changed, "resolver", words, None)));
            }
            if !events.is_empty() {
                return Ok(events);
            }
        }
    }

    fn wait(&self, for_at_most: Option<Duration>) -> Result<bool, Fault> {
        let mut all: Vec<PollFd<'_>> = vec![PollFd::new(self.route.socket(), PollFlags::IN)];
        all.extend(self.filter.as_ref().map(|filter| PollFd::new(filter.socket(), PollFlags::IN)));
        all.extend(
            self.resolver.as_ref().map(|resolver| PollFd::from_borrowed_fd(resolver.descriptor(), PollFlags::IN)),
        );
        all.extend(self.processes.descriptor().map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)));
        let timeout = for_at_most.and_then(|time| Timespec::try_from(time).ok());
        match poll(&mut all, timeout.as_ref()) {
            Ok(count) => Ok(count > 0),
            Err(Errno::INTR) => Ok(true),
            Err(error) => Err(Fault::new(FaultCode::Unsupported, "cannot wait for changes").because(error)),
        }
    }

    fn hear_routes(&mut self, events: &mut Vec<Event>) -> Result<(), Fault> {
        let received = match self.route.receive() {
            Ok(received) => received,
            Err(error) => return missed(events, error),
        };
        for message in messages(received) {
            if let Some((change, what, words)) = self.table.told(&message) {
                events.push(event(change, what, words, self.processes.of(message.port)));
            }
        }
        Ok(())
    }

    fn hear_filter(&mut self, events: &mut Vec<Event>) -> Result<(), Fault> {
        let Some(socket) = &mut self.filter else { return Ok(()) };
        let received = match socket.receive() {
            Ok(received) => received,
            Err(error) => return missed(events, error),
        };
        for message in messages(received) {
            match filter::told(&message) {
                Some(filter::Told::Change(change, words)) => self.pending.push((change, words)),
                // It ends what one transaction did, and names who did it.
                Some(filter::Told::By { pid, name }) => {
                    // In a container the number is another's: it is the whole machine's count.
                    let same = self.processes.of(pid).filter(|process| process.name == name);
                    let by = same.or_else(|| process::named(pid, &name));
                    let done = self.pending.drain(..);
                    events.extend(done.map(|(change, words)| event(change, "filter", words, by.clone())));
                }
                None => {}
            }
        }
        Ok(())
    }
}

/// Only that some are missing is known then.
fn missed(events: &mut Vec<Event>, error: Errno) -> Result<(), Fault> {
    match error {
        Errno::NOBUFS | Errno::MSGSIZE => {
            let words = "more changes than could be heard; look at the whole with `piton net diff`";
            events.push(event(Change::Missed, "network", words.to_owned(), None));
            Ok(())
        }
        error => Err(Fault::new(FaultCode::Unsupported, "cannot hear of changes any more").because(error)),
    }
}

fn event(change: Change, what: &'static str, words: String, by: Option<Process>) -> Event {
    let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Event { at: u64::try_from(at.as_millis()).unwrap_or_default(), change, what, words, by }
}

fn is_ready(descriptor: impl AsFd) -> bool {
    let mut one = [PollFd::new(&descriptor, PollFlags::IN)];
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    matches!(poll(&mut one, Some(&now)), Ok(1))
}

const NEW_LINK: u16 = 16;
const DELETE_LINK: u16 = 17;
/// In a message that makes something: it takes another's place.
const REPLACE: u16 = 0x100;

impl Table {
    /// What a message of the kernel says has happened; nothing where that is of no interest.
    pub(super) fn told(&mut self, message: &Message<'_>) -> Option<(Change, &'static str, String)> {
        match message.kind {
            NEW_LINK => {
                let link = link::one(message.body)?;
                self.names.add(link.number, &link.name);
                let words = link.words();
                match self.links.insert(link.number, words.clone()) {
                    None => Some((Change::Added, "link", words)),
                    // The kernel tells it again for every counter of its kind.
                    Some(before) if before == words => None,
                    Some(before) => Some((Change::Changed, "link", format!("{words} (was {before})"))),
                }
            }
            DELETE_LINK => {
                let link = link::one(message.body)?;
                self.links.remove(&link.number).map(|words| (Change::Removed, "link", words))
            }
            kind => {
                let class =
                    Class::ALL.into_iter().find(|class| (0..2).contains(&kind.wrapping_sub(class.new_kind())))?;
                let item = class.read(message.body, &self.names)?;
                let change = match (kind == class.new_kind(), message.flags & REPLACE != 0) {
                    (false, _) => Change::Removed,
                    (true, true) => Change::Changed,
                    (true, false) => Change::Added,
                };
                Some((change, class.word(), item.words))
            }
        }
    }
}

/// Tells when the kernel and the programs on a host have come to rest after something.
pub(super) struct Quiet {
    kernel: Netlink,
}

impl Quiet {
    pub(super) fn begin() -> Result<Quiet, Fault> {
        Ok(Quiet { kernel: Netlink::listen(None, GROUPS)? })
    }

    /// Comes back once nothing has changed for a while, or after a time in which it did not rest.
    pub(super) fn wait(mut self, rest: Duration, at_most: Duration) {
        let until = Instant::now() + at_most;
        loop {
            let left = until.saturating_duration_since(Instant::now()).min(rest);
            let mut one = [PollFd::new(self.kernel.socket(), PollFlags::IN)];
            let told = poll(&mut one, Timespec::try_from(left).ok().as_ref());
            if left.is_zero() || !matches!(told, Ok(1..) | Err(Errno::INTR)) {
                return;
            }
            // What it was does not matter here; that it does not fit means the same.
            let _ = self.kernel.receive();
        }
    }
}

/// Reads anything as what the kernel might say; for the fuzzer, which hopes that it cannot be read.
pub fn read_anything(bytes: &[u8]) -> usize {
    let mut table = Table::default();
    table.names.add(1, "lo");
    let told = messages(bytes).filter(|message| table.told(message).is_some()).count();
    told + messages(bytes).filter(|message| filter::told(message).is_some()).count() + process::started(bytes).count()
}
