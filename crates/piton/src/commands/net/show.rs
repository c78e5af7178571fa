//! `piton net save`, `show` and `diff`.

use super::failure;
use crate::exit::Exit;
use crate::failure::{Ended, Failure};
use crate::print::page::Page;
use crate::print::text::Ink;
use crate::print::{Screen, json};
use piton_host::network_state::{self, Came, Class, Difference, NetworkSaved, store};
use piton_host::system::System;
use serde_json::json;
use std::time::Instant;

pub(super) fn save(system: &System, name: &str, replace: bool, screen: &Screen) -> Ended {
    let known = store::list(system).map_err(|fault| failure(&fault))?;
    is_free(&known, name, replace)?;
    let began = Instant::now();
    let snapshot = store::save(system, name).map_err(|fault| failure(&fault))?;
    let took = began.elapsed().as_millis();
    let counts = counts(&snapshot.network);
    match screen.is_json() {
        true => screen.answer_json(&json::object(
            "piton.net.save/1",
            json!({ "name": name, "at": snapshot.at, "took_ms": json::value(&u64::try_from(took).unwrap_or_default()),
                    "holds": counts.iter().map(|(what, count)| ((*what).to_owned(), json!(count))).collect::<serde_json::Map<_, _>>() }),
        )),
        false => screen.answer(format!("Saved `{name}` in {took} ms: {}.\n", in_words(&counts))),
    }
    Ok(Exit::Done)
}

/// What was saved while the network worked is not lost to a save in the middle of an outage.
fn is_free(known: &[(String, u64)], name: &str, replace: bool) -> Result<(), Failure> {
    match replace || known.iter().all(|(other, _)| other != name) {
        true => Ok(()),
        false => {
            let what = format!("the network is saved as `{name}` already");
            let help = "name another one; or say `--replace`, and what was saved before is gone";
            Err(Failure::new(Exit::Failed, "net/saved-already", what, help))
        }
    }
}

/// How many of what, in the order of the ground up.
fn counts(network: &NetworkSaved) -> Vec<(&'static str, usize)> {
    let live = &network.live;
    let of = |class: Class| live.items.get(&class).map_or(0, Vec::len);
    vec![
        ("links", live.links.len()),
        ("addresses", of(Class::Address)),
        ("routes", of(Class::Route)),
        ("rules", of(Class::Rule)),
        ("fixed neighbours", of(Class::Neighbour)),
        ("nft tables", live.packets.native.len()),
        ("iptables rules", live.packets.compatible_rules()),
        ("kernel parameters", live.parameters.len()),
        ("WireGuard interfaces", live.wireguard.len()),
        ("files", network.files.len()),
    ]
}

fn in_words(counts: &[(&str, usize)]) -> String {
    let told: Vec<String> =
        counts.iter().filter(|(_, count)| *count > 0).map(|(what, count)| format!("{count} {what}")).collect();
    told.join(", ")
}

pub(super) fn show(system: &System, name: Option<&str>, screen: &Screen) -> Ended {
    let network = match name {
        Some(name) => store::load(system, name).map(|snapshot| snapshot.network),
        None => network_state::read(system),
    };
    let network = network.map_err(|fault| failure(&fault))?;
    let saved = store::list(system).map_err(|fault| failure(&fault))?;
    match screen.is_json() {
        true => {
            let saved: Vec<_> = saved.iter().map(|(name, at)| json!({ "name": name, "at": at })).collect();
            let fields = json!({ "name": name, "saved": saved, "live": json::value(&network.live),
                                 "files": network.paths() });
            screen.answer_json(&json::object("piton.net.show/1", fields));
        }
        false => screen.answer(page(&network, &saved, name)),
    }
    Ok(Exit::Done)
}

fn page(network: &NetworkSaved, saved: &[(String, u64)], name: Option<&str>) -> Page {
    let mut page = Page::default();
    let mut part = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            page.put(Ink::Strong, title).end();
            for line in lines {
                page.put(Ink::Plain, &format!("  {line}")).end();
            }
        }
    };
    let live = &network.live;
    let items = |class: Class| -> Vec<String> {
        live.items.get(&class).into_iter().flatten().map(|item| item.words.clone()).collect()
    };
    part("links", live.links.iter().map(network_state::Link::words).collect());
    part("addresses", items(Class::Address));
    part("routes", items(Class::Route).into_iter().filter(|route| !route.ends_with("table local")).collect());
    part("rules", items(Class::Rule));
    part("fixed neighbours", items(Class::Neighbour));
    part("packet filter", live.packets.words());
    part("WireGuard", live.wireguard.keys().map(|link| format!("{link} (keys and peers are not shown)")).collect());
    if name.is_none() {
        part("saved", saved.iter().map(|(name, _)| name.clone()).collect());
    }
    page
}

pub(super) fn diff(system: &System, name: &str, came: Came, screen: &Screen) -> Ended {
    let snapshot = store::load(system, name).map_err(|fault| failure(&fault))?;
    let found = network_state::all_differences(system, &snapshot.network, came).map_err(|fault| failure(&fault))?;
    match screen.is_json() {
        true => screen.answer_json(&json::object(
            "piton.net.diff/1",
            json!({ "name": name, "at": snapshot.at, "differences": json::value(&found) }),
        )),
        false if found.is_empty() => screen.answer(format!("The network is as it was saved as `{name}`.\n")),
        false => screen.answer(differences(&found)),
    }
    Ok(if found.is_empty() { Exit::Done } else { Exit::Failed })
}

/// One line each: `-` what is gone, `+` what came, `~` what is otherwise.
pub(super) fn differences(found: &[Difference]) -> Page {
    let mut page = Page::default();
    for difference in found {
        let (ink, sign, words) = match (&difference.was, &difference.is) {
            (Some(was), None) => (Ink::Error, "-", was.clone()),
            (None, Some(is)) => (Ink::Good, "+", is.clone()),
            (was, is) => {
                let word = |word: &Option<String>| word.clone().unwrap_or_default();
                (Ink::Warning, "~", format!("{} → {}", word(was), word(is)))
            }
        };
        page.put(ink, &format!("{sign} {}: {words}", difference.what)).end();
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_saved_is_replaced_only_when_somebody_says_so() {
        let known = [("before".to_owned(), 1)];
        assert!(is_free(&known, "before", false).is_err_and(|failure| failure.is("net/saved-already")));
        assert!(is_free(&known, "before", true).is_ok() && is_free(&known, "after", false).is_ok());
    }
}
