//! Packets walking through the chains of a hook.
//!
//! A set of packets walks, not one: a test that cannot be told sends a copy each way. Copies that
//! have become equal again are one, so that many such tests do not multiply.

mod act;
mod by_port;

use crate::answer::Because;
use crate::filter::holds::{Truth, all};
use crate::filter::{Action, Base, Chain, Family, Hook, Part, Program, Rule, Table};
use crate::packet::{Packet, Port, Track};
use crate::state::State;
use by_port::ByPort;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

/// A packet under way, with what decided so far.
#[derive(Clone, Debug)]
pub(super) struct Path {
    pub(super) packet: Packet,
    pub(super) because: Vec<Because>,
    /// The tests on the way that could not be told.
    pub(super) doubts: Vec<Because>,
}

/// What became of a packet at a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Passed,
    Dropped,
    Rejected,
}

/// How a packet left a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    Accepted,
    Dropped,
    Rejected,
    /// At its end, or by a return.
    Back,
}

/// Jumps within jumps; the kernel allows 16.
const DEEPEST: usize = 32;

/// Different packets at one rule; more than this and nobody can tell.
const MOST: usize = 64;

/// Connection tracking looks at a packet here; before, it knows nothing of it.
const TRACKING: i32 = -200;

/// Addresses of a connection's later packets are translated here.
const TRANSLATION: i32 = -100;

/// What connection tracking knows of a packet when it looks at it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tracking {
    pub(super) track: Track,
    /// Where later packets of the connection are sent on to.
    pub(super) destination: Option<(IpAddr, Port)>,
}

/// A base chain with its table.
type AtHook<'a> = (&'a Table, &'a Chain, &'a Base);

/// Whether two chains translate, at one place: the first to do so decides.
fn rivals(one: &AtHook, other: &AtHook) -> bool {
    let nat = one.2.nat && other.2.nat && one.2.priority == other.2.priority;
    nat && (one.0.family == other.0.family || one.0.family == Family::Inet || other.0.family == Family::Inet)
}

/// The base chains of every hook in the order in which the kernel comes to them.
pub(super) struct Chains<'a> {
    bases: BTreeMap<u8, Vec<AtHook<'a>>>,
    by_name: HashMap<Name<'a>, &'a Chain>,
    /// What of the long ones is for which port.
    by_port: HashMap<Name<'a>, ByPort>,
}

fn hook_number(hook: Hook) -> u8 {
    hook as u8
}

impl<'a> Chains<'a> {
    pub(super) fn of(state: &'a State) -> Chains<'a> {
        let mut bases: BTreeMap<u8, Vec<_>> = BTreeMap::new();
        let mut by_name = HashMap::new();
        let mut by_port = HashMap::new();
        for table in &state.filter.tables {
            for chain in &table.chains {
                by_name.insert(name(table, &chain.name), chain);
                by_port.extend(ByPort::of(chain).map(|index| (name(table, &chain.name), index)));
                if let Some(base) = &chain.base {
                    bases.entry(hook_number(base.hook)).or_default().push((table, chain, base));
                }
            }
        }
        for chains in bases.values_mut() {
            chains.sort_by_key(|(table, _, base)| (place(base), base.priority, table.family as u8));
        }
        Chains { bases, by_name, by_port }
    }

    fn at(&self, hook: Hook) -> &[AtHook<'a>] {
        self.bases.get(&hook_number(hook)).map(Vec::as_slice).unwrap_or_default()
    }
}

type Name<'a> = (Program, Family, &'a str, &'a str);

fn name<'a>(table: &'a Table, chain: &'a str) -> Name<'a> {
    (table.program, table.family, &table.name, chain)
}

/// All chains that translate are asked at one place, whatever priority they name.
fn place(base: &Base) -> i32 {
    match (base.nat, base.hook) {
        (true, Hook::Prerouting | Hook::Output) => -100,
        (true, _) => 100,
        _ => base.priority,
    }
}

/// Everything that a walk needs to know besides the packet.
pub(super) struct Walk<'a> {
    pub(super) state: &'a State,
    pub(super) chains: &'a Chains<'a>,
}

impl<'a> Walk<'a> {
    /// Leads packets through a hook. `tracking` is what connection tracking will say of them there.
    pub(super) fn hook(&self, hook: Hook, entering: Vec<Path>, tracking: Option<Tracking>) -> Vec<(Path, Fate)> {
        let mut live = entering;
        let mut ended = Vec::new();
        let mut waiting = tracking.map(|tracking| tracking.track);
        let mut translation = tracking.and_then(|tracking| tracking.destination);
        for group in self.chains.at(hook).chunk_by(rivals) {
            let Some((_, _, base)) = group.first() else { continue };
            if place(base) > TRACKING {
                self.look(&mut live, &mut waiting);
            }
            if place(base) > TRANSLATION {
                translate(&mut live, &mut translation);
            }
            live = match group {
                [only] => self.base(only, live, &mut ended),
                // Which of them was there first decides, and nobody can see that.
                several => united(self.in_any_order(several, &live, &mut ended)),
            };
        }
        self.look(&mut live, &mut waiting);
        translate(&mut live, &mut translation);
        ended.extend(live.into_iter().map(|path| (path, Fate::Passed)));
        ended
    }

    /// Leads packets through chains of which any may come first.
    fn in_any_order(&self, chains: &[AtHook<'a>], live: &[Path], ended: &mut Vec<(Path, Fate)>) -> Vec<Path> {
        let mut found = Vec::new();
        for first in 0..chains.len() {
            let mut paths = live.to_vec();
            let (before, from) = chains.split_at(first);
            for chain in from.iter().chain(before) {
                paths = self.base(chain, paths, ended);
            }
            found.extend(paths);
        }
        found
    }

    /// Leads packets through one base chain; gives those that pass it.
    fn base(&self, at: &AtHook<'a>, live: Vec<Path>, ended: &mut Vec<(Path, Fate)>) -> Vec<Path> {
        let (table, chain, base) = *at;
        let (passing, mut next): (Vec<_>, Vec<_>) =
            live.into_iter().partition(|path| applies(table, base, &path.packet));
        let decided: Vec<_> = passing.into_iter().flat_map(|path| self.chain(table, chain, vec![path], 0)).collect();
        let tells = !chain.rules.is_empty() && matches!(base.hook, Hook::Input | Hook::Forward) && !base.nat;
        for (mut path, left) in decided {
            match left {
                Left::Accepted => next.push(path),
                Left::Back if !base.drops => {
                    path.because.extend(tells.then(|| policy(table, chain, "accept")));
                    next.push(path);
                }
                Left::Back => {
                    path.because.push(policy(table, chain, "drop"));
                    ended.push((path, Fate::Dropped));
                }
                Left::Dropped => ended.push((path, Fate::Dropped)),
                Left::Rejected => ended.push((path, Fate::Rejected)),
            }
        }
        united(next)
    }

    /// Lets connection tracking look at the packets, once.
    fn look(&self, live: &mut [Path], waiting: &mut Option<Track>) {
        if let Some(track) = waiting.take() {
            for path in live {
                path.packet.track = if path.packet.untracked { Track::Untracked } else { track };
            }
        }
    }

    fn chain(&self, table: &'a Table, chain: &'a Chain, entering: Vec<Path>, depth: usize) -> Vec<(Path, Left)> {
        let mut live = entering;
        let mut ended = Vec::new();
        if depth > DEEPEST {
            return anything(live, &Because::new(table.title(), "chains that jump to each other"));
        }
        let index = self.chains.by_port.get(&name(table, &chain.name));
        let port = index.and_then(|_| by_port::common_port(&live));
        let concerned = index.zip(port).map(|(index, port)| index.rules_for(port));
        let rules: &mut dyn Iterator<Item = &'a Rule> = match concerned {
            Some(numbers) => &mut numbers.filter_map(|number| chain.rules.get(number)),
            None => &mut chain.rules.iter(),
        };
        for rule in rules {
            let mut next = Vec::new();
            for path in live {
                self.rule(At { table, chain, rule, depth }, path, &mut next, &mut ended);
            }
            live = united(next);
            if live.is_empty() {
                break;
            }
            if live.len() > MOST {
                ended.extend(anything(live, &Because::new(table.title(), "too many ways to follow")));
                return ended;
            }
        }
        ended.extend(live.into_iter().map(|path| (path, Left::Back)));
        ended
    }

    fn rule(&self, at: At<'a>, path: Path, next: &mut Vec<Path>, ended: &mut Vec<(Path, Left)>) {
        let mut inside = vec![path];
        for part in &at.rule.parts {
            let mut on = Vec::new();
            for path in inside {
                match part {
                    Part::Test(test) => match test.holds(&path.packet, self.state) {
                        Truth::Yes => on.push(path),
                        Truth::No => next.push(path),
                        Truth::Maybe => {
                            next.push(doubting(path.clone(), at));
                            on.push(doubting(path, at));
                        }
                    },
                    Part::Do(action) => on.extend(self.act(at, action, path, ended)),
                    Part::Map(rows) => on.extend(self.look_up(at, rows, path, next, ended)),
                }
            }
            inside = on;
            if inside.is_empty() {
                return;
            }
        }
        next.extend(inside);
    }

    /// The row of a map that fits; none fits: the rule is over.
    fn look_up(
        &self,
        at: At<'a>,
        rows: &'a [(Vec<crate::filter::Test>, Action)],
        path: Path,
        next: &mut Vec<Path>,
        ended: &mut Vec<(Path, Left)>,
    ) -> Vec<Path> {
        let mut on = Vec::new();
        for (tests, action) in rows {
            match all(tests, &path.packet, self.state) {
                Truth::No => {}
                Truth::Yes => {
                    on.extend(self.act(at, action, path, ended));
                    return on;
                }
                Truth::Maybe => on.extend(self.act(at, action, doubting(path.clone(), at), ended)),
            }
        }
        next.push(path);
        on
    }

    fn named(&self, table: &'a Table, chain: &str) -> Option<&'a Chain> {
        self.chains.by_name.get(&name(table, chain)).copied()
    }
}

fn translate(live: &mut [Path], translation: &mut Option<(IpAddr, Port)>) {
    if let Some((address, port)) = translation.take() {
        for path in live.iter_mut().filter(|path| path.packet.track == Track::Established) {
            path.packet.ends.destination = address;
            path.packet.ends.destination_port = port;
        }
    }
}

/// Where a packet is.
#[derive(Clone, Copy)]
struct At<'a> {
    table: &'a Table,
    chain: &'a Chain,
    rule: &'a Rule,
    depth: usize,
}

impl At<'_> {
    fn because(&self) -> Because {
        let place = format!("{} {}:{}", self.table.title(), self.chain.name, self.rule.number);
        Because::new(place, self.rule.text.clone())
    }
}

/// Whether a base chain is one for this packet.
fn applies(table: &Table, base: &Base, packet: &Packet) -> bool {
    if !table.family.takes(packet.is_v6()) {
        return false;
    }
    if table.family == Family::Netdev || base.hook == Hook::Ingress {
        return packet.input.as_ref().is_some_and(|input| base.devices.contains(input));
    }
    // Translation is decided once, by the first packet.
    let settled = match base.hook {
        Hook::Prerouting | Hook::Output => packet.settled,
        _ => packet.masked,
    };
    !base.nat || packet.track == Track::New && !settled
}

fn policy(table: &Table, chain: &Chain, what: &str) -> Because {
    Because::new(format!("{} {}", table.title(), chain.name), format!("policy {what}"))
}

fn decided(mut path: Path, at: At) -> Path {
    path.because.push(at.because());
    path
}

fn doubting(mut path: Path, at: At) -> Path {
    let because = at.because();
    if !path.doubts.contains(&because) {
        path.doubts.push(because);
    }
    path
}

/// Both ends that matter, for packets of which nothing can be said.
fn anything(paths: Vec<Path>, because: &Because) -> Vec<(Path, Left)> {
    let both = |mut path: Path| {
        path.doubts.push(because.clone());
        [(path.clone(), Left::Dropped), (path, Left::Accepted)]
    };
    paths.into_iter().flat_map(both).collect()
}

/// Packets that are the same again are one; what made them differ is remembered.
fn united(paths: Vec<Path>) -> Vec<Path> {
    if paths.len() < 2 {
        return paths;
    }
    let mut found: Vec<Path> = Vec::new();
    for path in paths {
        match found.iter_mut().find(|other| other.packet == path.packet) {
            Some(other) => {
                let new: Vec<_> = path.doubts.into_iter().filter(|doubt| !other.doubts.contains(doubt)).collect();
                other.doubts.extend(new);
            }
            None => found.push(path),
        }
    }
    found
}
