//! Putting the network back: only what differs, from the ground up, and again until nothing does.
//!
//! Links first, then parameters, addresses, routes and rules: each stands on the one before, and a
//! link that was down has lost what stood on it. The kernel does some of it by itself a moment later
//! (an IPv6 address of a link that came up), and so do programs; hence the rounds.

use super::item::{Class, Exact, Item, Names};
use super::link::{self, Link};
use super::{
    Came, Live, NetworkSaved, boot, differences, files, not_restored, packet, read_kernel, read_live, sysctls, watch,
    wireguard,
};
use crate::netlink::{CREATE, Netlink};
use crate::saved::restore_paths;
use crate::system::{Fault, FaultCode, System};
use rustix::io::Errno;
use std::collections::BTreeSet;
use std::time::Duration;

/// What the kernel and its programs do by themselves afterwards is over after a few of these.
const ROUNDS: u32 = 5;
const QUIET: Duration = Duration::from_millis(200);
const UNREST: Duration = Duration::from_secs(2);

/// What was and what is, without what is nobody's to put back.
pub(super) struct View<'a> {
    before: &'a Live,
    now: &'a Live,
    /// Links on which nothing is compared: of containers that came or went, and with [`Came::Stays`] all
    /// that came.
    apart: BTreeSet<&'a str>,
}

impl<'a> View<'a> {
    pub(super) fn of(before: &'a Live, now: &'a Live, came: Came) -> View<'a> {
        let names =
            |live: &'a Live| -> BTreeSet<&'a str> { live.links.iter().map(|link| link.name.as_str()).collect() };
        let (was, is) = (names(before), names(now));
        let came_or_went = |name: &str| !was.contains(name) || !is.contains(name);
        let elsewhere = before.links.iter().chain(&now.links).filter(|link| link.elsewhere);
        let mut apart: BTreeSet<&str> =
            elsewhere.map(|link| link.name.as_str()).filter(|name| came_or_went(name)).collect();
        // A container's own card looks from inside like the end of a container's pair; but this machine
        // hung on it.
        carriers(before).for_each(|link| _ = apart.remove(link));
        if came == Came::Stays {
            apart.extend(is.difference(&was));
        }
        View { before, now, apart }
    }

    fn is_apart(&self, link: &Link) -> bool {
        self.apart.contains(link.name.as_str())
    }

    fn there(&self, name: &str) -> Option<&'a Link> {
        self.now.links.iter().find(|link| link.name == name)
    }

    pub(super) fn missing_links(&self) -> Vec<&'a Link> {
        let all = self.before.links.iter().filter(|link| !self.is_apart(link));
        all.filter(|link| self.there(&link.name).is_none_or(|now| !link.is_same_sort(now))).collect()
    }

    pub(super) fn surplus_links(&self) -> Vec<&'a Link> {
        let was = |name: &str| self.before.links.iter().find(|link| link.name == name);
        let all = self.now.links.iter().filter(|link| !self.is_apart(link));
        all.filter(|link| was(&link.name).is_none_or(|was| !was.is_same_sort(link))).collect()
    }

    pub(super) fn changed_links(&self) -> Vec<(&'a Link, &'a Link)> {
        let all = self.before.links.iter().filter(|link| !self.is_apart(link));
        let both = all.filter_map(|was| Some((was, self.there(&was.name)?)));
        both.filter(|(was, now)| was.is_same_sort(now) && !was.is_like(now)).collect()
    }

    /// What is missing and what is too much.
    pub(super) fn items(&self, class: Class) -> (Vec<&'a Item>, Vec<&'a Item>) {
        let of = |live: &'a Live| -> Vec<&'a Item> {
            let all = live.items.get(&class).map(Vec::as_slice).unwrap_or_default();
            all.iter().filter(|item| !item.exact.links().any(|link| self.apart.contains(link))).collect()
        };
        let (was, now) = (of(self.before), of(self.now));
        (without(&was, &now), without(&now, &was))
    }
}

/// The links by which a machine reached everything.
fn carriers(live: &Live) -> impl Iterator<Item = &str> {
    let routes = live.items.get(&Class::Route).into_iter().flatten().filter(|route| route.exact.is_default());
    routes.flat_map(|route| route.exact.links())
}

/// Those of the first that the second does not have, each counted.
fn without<'a>(first: &[&'a Item], second: &[&'a Item]) -> Vec<&'a Item> {
    let mut second: Vec<&Exact> = second.iter().map(|item| &item.exact).collect();
    second.sort();
    let mut taken = vec![false; second.len()];
    let mut left = Vec::new();
    for item in first {
        let start = second.partition_point(|other| *other < &item.exact);
        let equal = second.iter().enumerate().skip(start).take_while(|(_, other)| **other == &item.exact);
        let free = equal.map(|(at, _)| at).find(|at| taken.get(*at) == Some(&false));
        match free.and_then(|at| taken.get_mut(at)) {
            Some(taken) => *taken = true,
            None => left.push(*item),
        }
    }
    left
}

/// Puts the files back; for an early boot too, where nothing runs yet.
pub fn restore_files(system: &System, before: &NetworkSaved) -> Vec<Fault> {
    match files::to_restore(system, files::NETWORK, &before.files) {
        Ok(wanted) => restore_paths(system, &wanted),
        Err(fault) => vec![fault],
    }
}

/// Everything: the files, then what runs, unless another boot has made that from the files.
pub(crate) fn restore(system: &System, before: &NetworkSaved, came: Came) -> Vec<Fault> {
    let changed = files::differing(system, files::NETWORK, &before.files).unwrap_or_default();
    let mut faults = restore_files(system, before);
    // It keeps in memory what its files said, and acts on that at the next occasion.
    let of_networkd = |path: &String| path.contains("/systemd/network") || path.contains("/netplan");
    if changed.iter().any(of_networkd) && system.unit("systemd-networkd.service").is_ok_and(|unit| unit.is_active()) {
        faults.extend(system.run_ok(&["networkctl", "reload"]).err());
    }
    if before.boot == boot(system) {
        faults.extend(restore_live(system, &before.live, came).err());
    }
    faults
}

/// Puts what runs back, and says what could not be.
pub fn restore_live(system: &System, before: &Live, came: Came) -> Result<(), Fault> {
    let mut first = None;
    for _ in 0..ROUNDS {
        let quiet = watch::Quiet::begin();
        let now = read_live(system)?;
        if differences(system, before, &now, came).is_empty() {
            return Ok(());
        }
        let faults = one_round(system, before, now, came)?;
        // The last round knows best what is in the way.
        first = faults.into_iter().next().or(first);
        if let Ok(quiet) = quiet {
            quiet.wait(QUIET, UNREST);
        }
    }
    let left = differences(system, before, &read_live(system)?, came);
    not_restored(&left).map_err(|fault| match first {
        Some(first) => fault.because(first),
        None => fault,
    })
}

fn one_round(system: &System, before: &Live, now: Live, came: Came) -> Result<Vec<Fault>, Fault> {
    let mut kernel = Netlink::route()?;
    let mut faults = restore_links(&mut kernel, before, &now, came)?;
    let again = |now: Live| -> Result<(Live, Names), Fault> {
        let (links, items, names) = read_kernel()?;
        Ok((Live { links, items, ..now }, names))
    };
    for _ in 0..2 {
        let names = before.links.iter().map(|link| link.name.as_str());
        faults.extend(sysctls::restore(system, &before.parameters, &sysctls::read(system, names)));
    }
    let tunnels = before.wireguard.keys().map(String::as_str);
    let (mut now, mut names) = again(now)?;
    let there: Vec<&str> = tunnels.filter(|name| names.number(name).is_some()).collect();
    now.wireguard = wireguard::read(system, there.into_iter())?;
    faults.extend(wireguard::restore(system, &before.wireguard, &now.wireguard));
    for class in Class::ALL {
        let view = View::of(before, &now, came);
        let (missing, surplus) = view.items(class);
        if missing.is_empty() && surplus.is_empty() {
            continue;
        }
        faults.extend(restore_items(&mut kernel, class, &missing, &surplus, &names));
        // What one class did by itself to the next is seen there.
        (now, names) = again(now)?;
        if class == Class::Address {
            faults.extend(reorder_addresses(&mut kernel, before, &now, came, &names));
            (now, names) = again(now)?;
        }
    }
    faults.extend(packet::restore(system, &before.packets, &now.packets, came));
    Ok(faults)
}

fn restore_links(kernel: &mut Netlink, before: &Live, now: &Live, came: Came) -> Result<Vec<Fault>, Fault> {
    let mut faults = Vec::new();
    let mut note = |doing: &str, link: &Link, done: Result<(), Errno>| {
        faults.extend(done.err().map(|error| failed(doing, &link.words(), error)));
    };
    let failed_read = |error| Fault::new(FaultCode::Unsupported, "the kernel does not tell its links").because(error);
    for link in &before.links {
        // Under the same number there is the same link, whatever its name.
        let other = now.links.iter().find(|other| other.number == link.number && link.kind == other.kind);
        let gone = now.links.iter().all(|other| other.name != link.name);
        let known = |name: &str| before.links.iter().any(|link| link.name == name);
        if let Some(other) = other.filter(|other| gone && !known(&other.name)) {
            note("rename", link, link.rename(kernel, other));
        }
    }
    let (links, _) = link::read(kernel).map_err(failed_read)?;
    let now = Live { links, ..Live::default() };
    for link in View::of(before, &now, came).surplus_links() {
        match link.is_made() {
            true => match link.take_away(kernel) {
                // It went with another that was taken away.
                Err(Errno::NODEV) => {}
                done => note("take away", link, done),
            },
            false => note("take away", link, Err(Errno::OPNOTSUPP)),
        }
    }
    // What hangs on another is made after it.
    let (mut there, mut names) = link::read(kernel).map_err(failed_read)?;
    let mut missing: Vec<&Link> = before.links.iter().filter(|link| names.number(&link.name).is_none()).collect();
    missing.retain(|link| !link.elsewhere || carriers(before).any(|carrier| carrier == link.name));
    missing.sort_by_key(|link| link.lower.is_some());
    for link in missing {
        match link.can_be_made() {
            true => note("make", link, link.make(kernel, &names)),
            false => note("make", link, Err(Errno::OPNOTSUPP)),
        }
        (there, names) = link::read(kernel).map_err(failed_read)?;
    }
    for was in &before.links {
        if let Some(now) = there.iter().find(|now| now.name == was.name)
            && was.is_same_sort(now)
            && !was.is_like(now)
        {
            note("set up", was, was.set_up(kernel, now, &names));
        }
    }
    Ok(faults)
}

/// Takes away what is too much, then makes what is missing, until nothing more can be made: a route
/// may need another that comes later.
fn restore_items(
    kernel: &mut Netlink,
    class: Class,
    missing: &[&Item],
    surplus: &[&Item],
    names: &Names,
) -> Vec<Fault> {
    // Only what stands in the way goes first; the rest stays until the right one is there.
    let (first, last): (Vec<&Item>, Vec<&Item>) = surplus.iter().partition(|item| match class {
        Class::Route => missing.iter().any(|missing| missing.exact.place() == item.exact.place()),
        Class::Rule => false,
        _ => true,
    });
    let mut faults = take(kernel, class, &first, names);
    let mut left: Vec<(&Item, Errno)> = missing.iter().map(|item| (*item, Errno::AGAIN)).collect();
    loop {
        let before = left.len();
        left = left.into_iter().filter_map(|(item, _)| Some((item, make(kernel, class, item, names).err()?))).collect();
        if left.is_empty() || left.len() == before {
            break;
        }
    }
    faults.extend(take(kernel, class, &last, names));
    faults.extend(left.into_iter().map(|(item, error)| failed("make", &item.words, error)));
    faults
}

fn make(kernel: &mut Netlink, class: Class, item: &Item, names: &Names) -> Result<(), Errno> {
    let body = class.to_make(item, names)?;
    match kernel.request(class.new_kind(), CREATE, &body) {
        // The kernel or a program was faster.
        Err(Errno::EXIST) => Ok(()),
        other => other,
    }
}

fn take(kernel: &mut Netlink, class: Class, items: &[&Item], names: &Names) -> Vec<Fault> {
    let mut faults = Vec::new();
    for item in items {
        let taken = class.to_take(item, names).and_then(|body| kernel.request(class.new_kind() + 1, 0, &body));
        match taken {
            // It went by itself, with its link, its address or its nexthop.
            Ok(()) | Err(Errno::SRCH | Errno::NOENT | Errno::ADDRNOTAVAIL | Errno::NODEV) => {}
            Err(error) => faults.push(failed("take away", &item.words, error)),
        }
    }
    faults
}

/// Which address of a subnet comes first decides what a host calls itself; it is the one that was
/// there first, so those of a subnet whose order differs are all made anew.
fn reorder_addresses(kernel: &mut Netlink, before: &Live, now: &Live, came: Came, names: &Names) -> Vec<Fault> {
    let view = View::of(before, now, came);
    let (missing, surplus) = view.items(Class::Address);
    let wrong: BTreeSet<&str> = missing.iter().chain(&surplus).filter_map(|item| item.exact.link()).collect();
    let mut faults = Vec::new();
    for link in wrong {
        let on_link = |live: &'_ Live| -> Vec<Item> {
            let all = live.items.get(&Class::Address).into_iter().flatten();
            all.filter(|item| item.exact.link() == Some(link) && item.exact.family() == super::item::IPV4)
                .cloned()
                .collect()
        };
        let mut old: Vec<Item> = on_link(now);
        // Second ones go first, or they go with the first.
        old.sort_by_key(|item| !item.is_second());
        faults.extend(take(kernel, Class::Address, &old.iter().collect::<Vec<_>>(), names));
        let mut new = on_link(before);
        new.sort_by_key(Item::is_second);
        for item in &new {
            faults.extend(
                make(kernel, Class::Address, item, names).err().map(|error| failed("make", &item.words, error)),
            );
        }
    }
    faults
}

fn failed(doing: &str, what: &str, error: Errno) -> Fault {
    let because = match error {
        Errno::OPNOTSUPP => "it is a card, or of a kind that cannot be made from outside".to_owned(),
        other => other.to_string(),
    };
    Fault::new(FaultCode::NotRestored, format!("cannot {doing} {what}")).because(because)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(name: &str) -> Item {
        let json = format!(r#"{{"words":"{name}","head":"{}","with":[]}}"#, name.replace('x', "0a"));
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn what_is_there_twice_is_counted_twice() {
        let (one, two) = (item("x"), item("xx"));
        assert_eq!(without(&[&one, &one, &two], &[&one]), [&one, &two]);
        assert_eq!(without(&[&one], &[&one, &one, &two]), Vec::<&Item>::new());
    }
}
